import { Node } from 'ts-morph'
import type { Bound, Filter, Operation } from '../../../facts.ts'
import { identifiesRow } from '../../../unique-columns.ts'
import { isFunction } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import type { Link } from '../reading/builder-chain.ts'
import { limitBound } from '../reading/conditions.ts'
import { textOf } from '../reading/decorators.ts'
import { columnOf, equalityOf } from './lookup.ts'
import type { LimitContext } from '../reading/limit-value.ts'
import { isLeadingWildcard } from '../reading/patterns.ts'

const writes: Readonly<Record<string, Operation>> = {
  insert: 'insert',
  batchInsert: 'insert',
  update: 'update',
  increment: 'update',
  decrement: 'update',
  upsert: 'upsert',
  del: 'delete',
  delete: 'delete',
  truncate: 'delete',
}
const counts = new Set(['count', 'countDistinct'])
const aggregates = new Set([
  'sum',
  'sumDistinct',
  'avg',
  'avgDistinct',
  'min',
  'max',
  'groupBy',
  'groupByRaw',
])
const streams = new Set(['stream', 'pipe', 'asStream'])
const limits = new Set(['limit', 'paginate'])
const keyLists = new Set(['whereIn', 'andWhereIn', 'findByIds'])
const selecting = new Set(['select', 'column', 'columns', 'first'])

/** What the calls of a builder of Knex, or of one that is made like it, do. */
export function operationOf(links: readonly Link[], table: string | null = null): Operation {
  const names = new Set(links.map(({ name }) => name))
  const has = (set: ReadonlySet<string>): boolean => [...set].some((name) => names.has(name))
  const write = links.map(({ name }) => writes[name]).find((operation) => operation !== undefined)
  if (write === 'insert' && names.has('merge')) return 'upsert'
  if (write) return write
  if (links.some((link) => groupsByRow(link, table))) return names.has('first') ? 'one' : 'many'
  if (has(counts) && !has(new Set(['groupBy', 'groupByRaw']))) return 'count'
  if (has(aggregates) || has(counts) || links.some(selectsAggregate)) return 'aggregate'
  return names.has('first') ? 'one' : 'many'
}

/** `.groupBy('posts.id')`: one group for each row of the table. */
function groupsByRow({ name, args }: Link, table: string | null): boolean {
  return (
    name === 'groupBy' &&
    args.some((argument) => {
      const text = textOf(argument)?.split('.') ?? []
      const [qualifier] = text.length > 1 ? text : [null]
      return (qualifier === null || qualifier === table) && identifiesRow(text.at(-1) ?? '', table)
    })
  )
}

/** Whether one statement writes a list of rows. */
export function isBulk(links: readonly Link[], isList: (node: Node) => boolean): boolean {
  return links.some(({ name, args }) => {
    if (name === 'batchInsert' || name === 'whereIn')
      return links.some((link) => writes[link.name] !== undefined)
    return (name === 'insert' || name === 'insertGraph') && args[0] !== undefined && isList(args[0])
  })
}

/** The columns a chain orders by, or null where they can't be read. */
export function orderOf(links: readonly Link[]): readonly string[] | null {
  const orders = links.filter(({ name }) => name === 'orderBy' || name === 'orderByRaw')
  const columns = orders.flatMap(({ name, args }) => {
    const [first] = args
    if (name !== 'orderBy') return [null]
    if (!Node.isArrayLiteralExpression(first)) return [columnOf(first)]
    return first.getElements().map((element) => columnOf(orderedColumn(element)))
  })
  return columns.some((column) => column === null) ? null : columns.flatMap((column) => column ?? [])
}

/** `'name'` or the column of `{ column: 'name', order: 'desc' }`. */
function orderedColumn(element: Node): Node | undefined {
  if (!Node.isObjectLiteralExpression(element)) return element
  const property = element.getProperty('column')
  return Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
}

/** The columns a chain reads, or null for all or where they can't be read. */
export function columnsOf(links: readonly Link[]): readonly string[] | null {
  const named = links
    .filter(({ name }) => selecting.has(name))
    .flatMap(({ args }) =>
      args.flatMap((arg) => (Node.isArrayLiteralExpression(arg) ? arg.getElements() : [arg])),
    )
    .map((argument) => columnOf(argument))
  const isKnown = named.length > 0 && named.every((column) => column !== null && column !== '*')
  return isKnown ? named.flatMap((column) => column?.split(/\s+as\s+/i)[0] ?? []) : null
}

/** `.select(db.raw('count(*) as n'))` and nothing else. */
function selectsAggregate({ name, args }: Link): boolean {
  return (
    name === 'select' &&
    args.length === 1 &&
    /\b(?:count|sum|avg|min|max)\s*\((?!.*\bover\b)/i.test(args[0]?.getText() ?? '')
  )
}

/** What keeps the rows that a chain reads few; `start` is where the chain is made. */
export function boundOf(
  links: readonly Link[],
  start: Node,
  context: LimitContext,
  table: string | null = null,
): Bound | null {
  if (links.some(({ name }) => streams.has(name))) return 'stream'
  if (links.some((link) => link.name === 'first' || modifiesLimit(link, context.resolver))) return 'limit'
  const limited = limitBound(
    links.filter(({ name }) => limits.has(name)),
    start,
    context,
  )
  if (limited === 'limit') return limited
  if (links.some(({ name }) => name.startsWith('or') && name !== 'orderBy' && name !== 'orderByRaw'))
    return limited
  const filters = filtersOf(links)
  if (
    filters.some(({ match, column }) => match === 'equals' && identifiesRow(column, table)) &&
    !links.some(({ name }) => /join/i.test(name))
  )
    return 'unique-key'
  return filters.some(({ match }) => match === 'in') ? 'key-list' : limited
}

function modifiesLimit({ name, args }: Link, resolver: Resolver): boolean {
  if (name !== 'modify' || !args[0]) return false
  return resolver.functions(args[0]).some((fn) => /\.limit\(/.test(fn.getText()))
}

/** The conditions of a chain. */
export function filtersOf(links: readonly Link[]): Filter[] {
  return links.flatMap((link): Filter[] => {
    if (keyLists.has(link.name)) {
      const column = columnOf(link.args[0])
      const isList =
        link.args[1] !== undefined && !isFunction(link.args[1]) && !/\.select\(/.test(link.args[1].getText())
      return column === null ? [] : [{ column, match: isList ? 'in' : 'other' }]
    }
    const equal = equalityOf(link)
    if (equal) return equal.map(({ column }) => ({ column, match: 'equals' }))
    const column = link.name.toLowerCase().includes('where') ? columnOf(link.args[0]) : null
    if (column === null) return []
    const pattern =
      /like/i.test(link.name) || /^['"`](?:not )?i?like['"`]$/i.test(link.args[1]?.getText() ?? '')
    const value = pattern ? link.args.at(-1) : undefined
    return [
      { column, match: 'other', ...(value && isLeadingWildcard(value) && { pattern: 'leading-wildcard' }) },
    ]
  })
}
