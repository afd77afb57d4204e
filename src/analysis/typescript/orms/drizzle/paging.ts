import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { bare, isFunction, returnedExpressions } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { addImports } from '../../rewrite/imports.ts'
import { insertion, replacement } from '../../rewrite/placement.ts'
import { lineLength } from '../../rewrite/style.ts'
import { completed, separatorBefore, type Chain, type Link } from '../reading/builder-chain.ts'
import type { DrizzleSchema } from './bound.ts'
import { databaseChain, linkNamed } from './chain.ts'
import { relationalCall } from './relational.ts'
import { objectText, withEntries, type NewEntry } from '../reading/option-edits.ts'
import type { KeyPageSource, PageSource, Query } from '../orm.ts'
import { argumentOf, has } from '../reading/written-options.ts'
import { ValueReader } from '../reading/value-reader.ts'

/** Links after which nothing can be added to a chain. */
const terminal = new Set(['all', 'get', 'execute', 'values', 'prepare', 'iterator'])
/** Links that make rows of several: they can't be ordered by a key that isn't among them. */
const merging = /^(?:union|intersect|except|groupBy|selectDistinct)/
const allRows = 'Number.MAX_SAFE_INTEGER'

/** Adds `limit`, `offset` and the order that pages need. */
export function paginate(
  call: CallExpression,
  query: Query,
  page: PageSource,
  schema: DrizzleSchema,
  resolver: Resolver,
): FileEdit[] | null {
  const key = schema.get(query.table ?? '')?.primaryKey ?? []
  if (query.operation !== 'many' || (query.order?.length === 0 && key.length === 0)) return null
  if (isRelational(call, resolver)) return paginateRelational(call, query, page, key)
  const chain = databaseChain(call, resolver)
  const table = chain && linkNamed(chain.links, 'from')?.args[0]
  if (!chain || !table || query.bound !== null) return null
  const conditional = page.unless === null ? null : page.unless
  const limit = conditional === null ? page.limit : `${optional(page.limit, conditional)} ?? ${allRows}`
  const offset = conditional === null ? page.offset : `${optional(page.offset, conditional)} ?? 0`
  const steps = [`.limit(${limit})`, `.offset(${offset})`]
  if (query.order?.length !== 0) return appended(query, chain, steps)
  if (isOrdered(call, chain, resolver) || chain.links.some(({ name }) => merging.test(name))) return null
  const imports = addImports(call.getSourceFile(), { 'drizzle-orm': ['desc'] })
  const columns = key.map((column) => `desc(${table.getText()}.${column})`).join(', ')
  const order = conditional === null ? columns : `...(${conditional} ? [${columns}] : [])`
  return imports && [...imports, ...appended(query, chain, [`.orderBy(${order})`, ...steps])]
}

/** Reads the rows whose key comes after another. */
export function paginateByKey(
  call: CallExpression,
  query: Query,
  page: KeyPageSource,
  primaryKey: string,
  resolver: Resolver,
): FileEdit[] | null {
  const chain = isRelational(call, resolver) ? null : databaseChain(call, resolver)
  const table = chain && linkNamed(chain.links, 'from')?.args[0]
  if (!chain || !table || query.value !== call || query.bound !== null || query.order?.length !== 0)
    return null
  if (isOrdered(call, chain, resolver)) return null
  if (chain.links.some(({ name }) => merging.test(name) || name === 'offset')) return null
  const column = `${table.getText()}.${primaryKey}`
  const after = `${page.after} === undefined ? undefined : gt(${column}, ${page.after})`
  const where = linkNamed(chain.links, 'where')?.args[0]
  const imports = addImports(call.getSourceFile(), { 'drizzle-orm': where ? ['and', 'gt'] : ['gt'] })
  const steps = [`.orderBy(${column})`, `.limit(${page.limit})`]
  if (!imports) return null
  if (!where) return [...imports, ...appended(query, chain, [`.where(${after})`, ...steps])]
  const conditions = replacement(where, `and(${where.getText()}, ${after})`)
  return [...imports, conditions, ...appended(query, chain, steps)]
}

/** Makes the primary key the last column of the order. */
export function appendOrder(
  call: CallExpression,
  query: Query,
  primaryKey: string,
  resolver: Resolver,
): FileEdit[] | null {
  if (isRelational(call, resolver)) return appendRelationalOrder(call, primaryKey)
  const chain = databaseChain(call, resolver)
  const table = chain && linkNamed(chain.links, 'from')?.args[0]
  if (!chain || !table || chain.links.some(({ name }) => merging.test(name))) return null
  const column = `${table.getText()}.${primaryKey}`
  const order = linkNamed(chain.links, 'orderBy')
  const last = order?.args.at(-1)
  if (!order && isOrdered(call, chain, resolver)) return null
  if (!order) return query.order?.length === 0 ? appended(query, chain, [`.orderBy(${column})`]) : null
  if (!last || isFunction(last)) return null
  return [insertion(last, last.getEnd(), `, ${directed(last, column)}`)]
}

/** Whether a chain is ordered somewhere, be it on a condition: a second order would replace the first. */
function isOrdered(call: CallExpression, chain: Chain, resolver: Resolver): boolean {
  return completed(call, chain, resolver, []).links.some(({ name }) => name === 'orderBy')
}

function isRelational(call: CallExpression, resolver: Resolver): boolean {
  return relationalCall(call, resolver, new ValueReader(resolver, [])) !== null
}

function paginateRelational(
  call: CallExpression,
  query: Query,
  page: PageSource,
  key: readonly string[],
): FileEdit[] | null {
  const given = argumentOf(call)
  if (given === null) return null
  const pair: NewEntry[] = [
    { name: 'limit', text: page.limit },
    { name: 'offset', text: page.offset },
  ]
  const columns = key.map((column) => `desc(table.${column})`).join(', ')
  const order: NewEntry[] =
    query.order?.length === 0 ? [{ name: 'orderBy', text: `(table, { desc }) => [${columns}]` }] : []
  if (page.unless === null) return withEntries(call, 0, [...order, ...pair])
  if (has(given, ['limit', 'offset'])) return null
  return withEntries(call, 0, [...order, { name: null, text: `...(${page.unless} && ${objectText(pair)})` }])
}

function appendRelationalOrder(call: CallExpression, primaryKey: string): FileEdit[] | null {
  const given = argumentOf(call)
  const property = given?.getProperty('orderBy')
  if (given === null) return null
  if (!property) return withEntries(call, 0, [{ name: 'orderBy', text: `(table) => [table.${primaryKey}]` }])
  const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
  const order = isFunction(value) ? returnedExpressions(value).map(bare)[0] : value
  const last = Node.isArrayLiteralExpression(order) ? order.getElements().at(-1) : order
  const table = last && /(?:^|\()\s*([\w.]+)\.\w+\)?$/.exec(last.getText())?.[1]
  if (!last || !order || table === undefined) return null
  const text = directed(last, `${table}.${primaryKey}`)
  return last === order
    ? [replacement(order, `[${order.getText()}, ${text}]`)]
    : [insertion(last, last.getEnd(), `, ${text}`)]
}

/** A column in the direction of another: `desc(t.id)` behind `desc(t.createdAt)`. */
function directed(before: Node, column: string): string {
  const found = /^((?:\w+\.)?(?:asc|desc))\(/.exec(before.getText())?.[1]
  return found === undefined ? column : `${found}(${column})`
}

/** `page.limit` of a page that may be undefined. */
function optional(text: string, page: string): string {
  return text.startsWith(`${page}.`) ? `${page}?${text.slice(page.length)}` : text
}

/** Steps added to the end of a chain, before what runs it. */
function appended(query: Query, chain: Chain, steps: readonly string[]): FileEdit[] {
  const isOwn = chain.links.some(({ call }) => call === query.value)
  const last = isOwn ? chain.links.findLast(({ name }) => !terminal.has(name)) : undefined
  const node = last?.call ?? query.value
  const separator = separatorFor(chain.links, node, steps)
  return [insertion(node, node.getEnd(), steps.map((step) => separator + step).join(''))]
}

function separatorFor(links: readonly Link[], node: Node, steps: readonly string[]): string {
  const separator = separatorBefore(links.at(-1))
  if (separator !== '') return separator
  const isLong = lineLength(node) + steps.join('').length > 110
  const indent =
    /\n?([ \t]*)[^\n]*$/.exec(node.getSourceFile().getFullText().slice(0, node.getStart()))?.[1] ?? ''
  return isLong ? `\n${indent}  ` : ''
}
