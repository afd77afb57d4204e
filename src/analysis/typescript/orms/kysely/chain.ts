import { Node } from 'ts-morph'
import type { Bound, Filter, Operation } from '../../../facts.ts'
import { identifiesRow } from '../../../unique-columns.ts'
import { isFunction } from '../../functions.ts'
import type { Link } from '../reading/builder-chain.ts'
import { limitBound } from '../reading/conditions.ts'
import { textOf } from '../reading/decorators.ts'
import type { LimitContext } from '../reading/limit-value.ts'
import { isLeadingWildcard } from '../reading/patterns.ts'

const operations: Readonly<Record<string, Operation>> = {
  selectFrom: 'many',
  insertInto: 'insert',
  replaceInto: 'upsert',
  mergeInto: 'upsert',
  updateTable: 'update',
  deleteFrom: 'delete',
}
const singles = new Set(['executeTakeFirst', 'executeTakeFirstOrThrow'])

/** The table of a query: `posts` of `selectFrom('posts as p')`. */
export function tableIn(links: readonly Link[]): string | null {
  return (
    sourceText(links)
      ?.split(/\s+as\s+/i)[0]
      ?.split('.')
      .at(-1) ?? null
  )
}

/** The name by which a query itself calls its table. */
export function aliasIn(links: readonly Link[]): string | null {
  return (
    sourceText(links)
      ?.split(/\s+as\s+/i)
      .at(-1) ?? null
  )
}

function sourceText(links: readonly Link[]): string | null {
  const [source] = links.find(({ name }) => Object.hasOwn(operations, name))?.args ?? []
  return source ? textOf(source) : null
}

/** What a query does. */
export function operationOf(links: readonly Link[]): Operation {
  const names = new Set(links.map(({ name }) => name))
  const own =
    links.map(({ name }) => (Object.hasOwn(operations, name) ? operations[name] : undefined)).find(Boolean) ??
    'many'
  if (own === 'insert' && links.some(isUpsert)) return 'upsert'
  if (own !== 'many') return own
  const isSingle = links.some(({ name }) => singles.has(name))
  if (links.some((link) => groupsByRow(link, links))) return isSingle ? 'one' : 'many'
  if (names.has('groupBy')) return 'aggregate'
  const selects = links.filter(({ name }) => name === 'select')
  const isAggregate =
    selects.length > 0 && !names.has('selectAll') && selects.every(({ args }) => aggregates(args).length > 0)
  if (isAggregate)
    return selects.flatMap(({ args }) => aggregates(args)).every((name) => name.startsWith('count'))
      ? 'count'
      : 'aggregate'
  return isSingle ? 'one' : 'many'
}

/** `.groupBy('posts.id')`: one group for each row of the table. */
function groupsByRow({ name, args: [first] }: Link, links: readonly Link[]): boolean {
  if (name !== 'groupBy' || !first) return false
  const columns = Node.isArrayLiteralExpression(first) ? first.getElements() : [first]
  return columns.some((column) => {
    const text = textOf(column)?.split('.') ?? []
    const [qualifier] = text.length > 1 ? text : [null]
    return (
      (qualifier === null || qualifier === aliasIn(links)) && identifiesRow(text.at(-1) ?? '', tableIn(links))
    )
  })
}

function isUpsert({ name, args }: Link): boolean {
  if (name === 'onDuplicateKeyUpdate') return true
  return name === 'onConflict' && /doUpdateSet/.test(args[0]?.getText() ?? '')
}

/** The aggregate functions of a select, none where it selects columns too. */
function aggregates(args: readonly Node[]): string[] {
  const text = args.map((argument) => argument.getText()).join(' ')
  if (/['"`]\w+(?:\.\w+)?['"`]\s*[,\]]/.test(text)) return []
  return [...text.matchAll(/\bfn\s*\.\s*(count|countAll|sum|avg|max|min)\b/g)].flatMap(
    (match) => match[1] ?? [],
  )
}

/** Whether one statement writes a list of rows. */
export function isBulk(links: readonly Link[], isList: (node: Node) => boolean): boolean {
  return links.some(
    ({ name, args }) =>
      name === 'expression' || (name === 'values' && args[0] !== undefined && isList(args[0])),
  )
}

/** The conditions of a query. */
export function filtersOf(links: readonly Link[]): Filter[] {
  return links.flatMap(({ name, args }): Filter[] => {
    const [left, operator, value] = args
    const column = name === 'where' && left ? textOf(left)?.split('.').at(-1) : undefined
    if (column === undefined || !value) return []
    const sign = textOf(operator) ?? ''
    if (sign === '=') return [{ column, match: isFunction(value) ? 'other' : 'equals' }]
    if (sign === 'in')
      return [{ column, match: isFunction(value) || /selectFrom/.test(value.getText()) ? 'other' : 'in' }]
    const isSearch = /like$/i.test(sign) && isLeadingWildcard(value)
    return [{ column, match: 'other', ...(isSearch && { pattern: 'leading-wildcard' as const }) }]
  })
}

/** What keeps the rows of a read few; `start` is where the query is made. */
export function boundOf(links: readonly Link[], start: Node, context: LimitContext): Bound | null {
  if (links.some(({ name }) => name === 'stream')) return 'stream'
  if (links.some(({ name }) => name === 'fetch' || name === 'top')) return 'limit'
  const limited = limitBound(
    links.filter(({ name }) => name === 'limit'),
    start,
    context,
  )
  if (limited === 'limit') return limited
  const filters = filtersOf(links)
  const isUnique = filters.some(
    ({ match, column }) => match === 'equals' && identifiesRow(column, tableIn(links)),
  )
  if (isUnique && links.every((link) => !/join/i.test(link.name) || joinsOneRow(link))) return 'unique-key'
  return filters.some(({ match }) => match === 'in') ? 'key-list' : limited
}

/** Whether a table is joined by its own `id`, so that no row is repeated. */
function joinsOneRow({ args }: Link): boolean {
  const [table, ...columns] = args.map((argument) => textOf(argument))
  const alias = table?.split(/\s+as\s+/i).at(-1)
  return columns.some((column) => column === `${alias}.id`)
}

/** The columns a query is ordered by, or null where they can't be read. */
export function orderOf(links: readonly Link[]): readonly string[] | null {
  const columns = links
    .filter(({ name }) => name === 'orderBy')
    .flatMap(({ args: [first] }) => (Node.isArrayLiteralExpression(first) ? first.getElements() : [first]))
    .map((column) => (column ? (textOf(column)?.split(/\s+/)[0]?.split('.').at(-1) ?? null) : null))
  return columns.some((column) => column === null) ? null : columns.flatMap((column) => column ?? [])
}

/** The columns a query reads, or null for all. */
export function columnsOf(links: readonly Link[]): readonly string[] | null {
  if (links.some(({ name }) => name === 'selectAll')) return null
  const selected = links
    .filter(({ name }) => name === 'select')
    .flatMap(({ args: [first] }) =>
      Node.isArrayLiteralExpression(first) ? first.getElements() : first ? [first] : [],
    )
    .map(
      (column) =>
        textOf(column)
          ?.split(/\s+as\s+/i)[0]
          ?.split('.')
          .at(-1) ?? null,
    )
  return selected.length === 0 || selected.some((column) => column === null)
    ? null
    : selected.flatMap((column) => column ?? [])
}
