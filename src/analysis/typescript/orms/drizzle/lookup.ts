import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import { bare, calleeName, isFunction, returnedExpressions } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import type { DrizzleSchema } from './bound.ts'
import { databaseChain, linkNamed } from './chain.ts'
import { columnReference, tableName } from './names.ts'
import { relationalCall } from './relational.ts'
import type { Chain } from '../reading/builder-chain.ts'
import type { KeyedCount, Lookup } from '../orm.ts'
import { argumentOf, has } from '../reading/written-options.ts'
import { ValueReader } from '../reading/value-reader.ts'

/** A condition `eq(t.column, key)`. */
interface KeyCondition {
  readonly condition: CallExpression
  readonly column: string
  readonly key: Node
}

/** A part of a query's text that is replaced. */
interface Part {
  readonly start: number
  readonly end: number
  readonly text: (keys: string) => string
}

const readingLinks = new Set(['select', 'from', 'where', 'orderBy', 'limit', 'get', 'all', 'execute'])
const inArray = { 'drizzle-orm': ['inArray'] }

/** A read of one row by a unique key as a read by a list of keys. */
export function lookup(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  schema: DrizzleSchema,
  resolver: Resolver,
): Lookup | null {
  const relational = relationalCall(call, resolver, new ValueReader(resolver, []))
  if (relational?.method === 'findMany') return null
  const found = relational ? relationalKey(call, isKey) : chainKey(call, isKey, resolver)
  const table = schema.get((relational ? relational.table : found?.table) ?? '')
  if (!found || !isUnique(found.column, table)) return null
  return found.lookup
}

/** A read of all rows with one value of a column as a read for a list of values. */
export function children(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  schema: DrizzleSchema,
  resolver: Resolver,
): Lookup | null {
  const relational = relationalCall(call, resolver, new ValueReader(resolver, []))
  if (relational?.method === 'findFirst') return null
  const found = relational ? relationalKey(call, isKey) : chainKey(call, isKey, resolver)
  const table = schema.get((relational ? relational.table : found?.table) ?? '')
  if (!found || !table || found.isLimited || isUnique(found.column, table)) return null
  return { ...found.lookup, ...(relational && { givesListAt: [] }) }
}

/** `db.$count(t, eq(t.column, key))` as a count by column. */
export function countsByKey(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): KeyedCount | null {
  const chain = databaseChain(call, resolver)
  const [link] = chain?.links ?? []
  const [table, where] = link?.args ?? []
  const found = link?.name === '$count' && where ? keyIn(where, isKey) : null
  if (!chain || !table || !where || !found) return null
  const column = `${table.getText()}.${found.column}`
  return {
    column: found.column,
    key: found.key,
    forKeys: (keys) => {
      const conditions = withParts(where, [inList(found, where)], keys)
      const selection = `{ key: ${column}, count: count() }`
      return `${chain.start.getText()}.select(${selection}).from(${table.getText()}).where(${conditions}).groupBy(${column})`
    },
    keyOf: (row) => `${row}.key`,
    countOf: (row) => `${row}.count`,
    imports: { 'drizzle-orm': ['count', 'inArray'] },
  }
}

interface FoundKey {
  readonly column: string
  readonly table: string | null
  readonly isLimited: boolean
  readonly lookup: Lookup
}

/** The key in `db.select().from(t).where(eq(t.id, key))`. */
function chainKey(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): FoundKey | null {
  const chain = databaseChain(call, resolver)
  const where = chain && linkNamed(chain.links, 'where')?.args[0]
  const from = chain && linkNamed(chain.links, 'from')?.args[0]
  if (!chain || !where || !from || chain.links.some(({ name }) => !readingLinks.has(name))) return null
  const found = keyIn(where, isKey)
  const limit = linkNamed(chain.links, 'limit')
  if (!found || !selects(chain, found.column) || (limit && limit.args[0]?.getText() !== '1')) return null
  if (
    chain.links.indexOf(linkNamed(chain.links, 'where') ?? chain.links[0] ?? { name: '', args: [], call }) < 0
  )
    return null
  const get = linkNamed(chain.links, 'get')
  const parts = [
    inList(found, call),
    ...(limit ? [without(limit.call, call)] : []),
    ...(get ? [renamed(get.call, 'all', call)] : []),
  ]
  return {
    column: found.column,
    table: tableName(from, resolver),
    isLimited: limit !== undefined || get !== undefined,
    lookup: {
      column: found.column,
      key: found.key,
      missing: 'undefined',
      ...(!get && { givesListAt: [] }),
      forKeys: (keys) => withParts(call, parts, keys),
      imports: inArray,
    },
  }
}

/** The key in `db.query.users.findFirst({ where: eq(users.id, key) })`. */
function relationalKey(call: CallExpression, isKey: (value: Node) => boolean): FoundKey | null {
  const given = argumentOf(call)
  const property = given?.getProperty('where')
  const where = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
  if (!given || !where || has(given, ['limit', 'offset']) || !brings(given)) return null
  const callback = isFunction(where) ? where : null
  const condition = callback ? returnedExpressions(callback)[0] : where
  const found = condition && keyIn(condition, isKey)
  if (!found || !bringsColumn(given, found.column)) return null
  const operators = callback?.getParameters()[1]?.getNameNode()
  const pattern = callback && operators ? patternWith(operators, callback) : null
  if (callback && !pattern) return null
  const parts = [
    inList(found, call),
    renamed(call, 'findMany', call),
    ...(pattern && operators ? [{ ...rangeOf(operators, call), text: () => pattern }] : []),
  ]
  return {
    column: found.column,
    table: null,
    isLimited: false,
    lookup: {
      column: found.column,
      key: found.key,
      missing: 'undefined',
      forKeys: (keys) => withParts(call, parts, keys),
      ...(!callback && { imports: inArray }),
    },
  }
}

function brings(given: ObjectLiteralExpression): boolean {
  return given.getProperties().every((property) => Node.isPropertyAssignment(property))
}

function bringsColumn(given: ObjectLiteralExpression, column: string): boolean {
  const columns = given.getProperty('columns')
  const value = Node.isPropertyAssignment(columns) ? columns.getInitializer() : undefined
  if (!columns) return true
  const selected = Node.isObjectLiteralExpression(value) ? value.getProperty(column) : undefined
  return Node.isPropertyAssignment(selected) && selected.getInitializer()?.getText() === 'true'
}

/** `{ eq }` as `{ inArray }`, or with it where `eq` is used for more than the key. */
function patternWith(pattern: Node, callback: Node): string | null {
  if (!Node.isObjectBindingPattern(pattern)) return null
  const names = pattern.getElements().map((element) => element.getText())
  const uses = callback.getText().match(/\beq\(/g)?.length ?? 0
  return `{ ${[...names.filter((name) => name !== 'eq' || uses > 1), 'inArray'].join(', ')} }`
}

/** The `eq` of a condition, or of an `and`, whose value is the key. */
function keyIn(where: Node, isKey: (value: Node) => boolean): KeyCondition | null {
  const value = bare(where)
  if (!Node.isCallExpression(value)) return null
  const name = calleeName(value)
  if (name === 'and') {
    const [found, ...others] = value.getArguments().flatMap((part) => keyIn(part, isKey) ?? [])
    return found && others.length === 0 ? found : null
  }
  const [left, right] = value.getArguments()
  const column = left && columnReference(left)?.column
  return name === 'eq' && column !== undefined && right && isKey(right)
    ? { condition: value, column, key: right }
    : null
}

/** Whether the rows of a chain hold a column under its own name. */
function selects({ links }: Chain, column: string): boolean {
  const selection = linkNamed(links, 'select')?.args[0]
  if (!selection) return true
  const property = Node.isObjectLiteralExpression(selection) ? selection.getProperty(column) : undefined
  const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
  return value !== undefined && columnReference(value)?.column === column
}

function isUnique(
  column: string,
  table: { readonly unique: readonly (readonly string[])[] } | undefined,
): boolean {
  if (!table) return column === 'id'
  return table.unique.some((columns) => columns.length === 1 && columns[0] === column)
}

function inList({ condition }: KeyCondition, within: Node): Part {
  const left = condition.getArguments()[0]?.getText() ?? ''
  return { ...rangeOf(condition, within), text: (keys) => `inArray(${left}, ${keys})` }
}

/** A link taken out of its chain. */
function without(link: CallExpression, within: Node): Part {
  const callee = link.getExpression()
  const start = Node.isPropertyAccessExpression(callee) ? callee.getExpression().getEnd() : link.getStart()
  return { start: start - within.getStart(), end: link.getEnd() - within.getStart(), text: () => '' }
}

function renamed(link: CallExpression, name: string, within: Node): Part {
  const callee = link.getExpression()
  const node = Node.isPropertyAccessExpression(callee) ? callee.getNameNode() : callee
  return { ...rangeOf(node, within), text: () => name }
}

function rangeOf(node: Node, within: Node): { start: number; end: number } {
  return { start: node.getStart() - within.getStart(), end: node.getEnd() - within.getStart() }
}

function withParts(node: Node, parts: readonly Part[], keys: string): string {
  return parts
    .toSorted((a, b) => b.start - a.start)
    .reduce(
      (text, part) => text.slice(0, part.start) + part.text(keys) + text.slice(part.end),
      node.getText(),
    )
}
