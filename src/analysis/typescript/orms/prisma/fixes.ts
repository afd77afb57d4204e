import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import type { Table } from '../../../facts.ts'
import { bare } from '../../functions.ts'
import { styleOf } from '../../rewrite/style.ts'
import { inLiteral, objectText, withEntries, type NewEntry } from '../reading/option-edits.ts'
import type { KeyPageSource, PageSource, Query, Rewritten, SingleWrite } from '../orm.ts'
import type { Schema } from './arguments.ts'
import { propertyName } from '../reading/value-reader.ts'
import { argumentOf, has, receiverOf } from '../reading/written-options.ts'

/** What makes a page of a list something else than a part of it. */
const notPageable = ['distinct', 'cursor']

/** Adds `take` and `skip`, and the order that pages need. */
export function paginate(
  call: CallExpression,
  query: Query,
  page: PageSource,
  schema: Schema,
): FileEdit[] | null {
  const given = argumentOf(call)
  const key = schema.get(query.table ?? '')?.primaryKey ?? []
  if (query.operation !== 'many' || given === null || has(given, notPageable)) return null
  const order = pageOrder(given, query, key)
  if (order === null) return null
  const pair: NewEntry[] = [
    { name: 'take', text: page.limit },
    { name: 'skip', text: page.offset },
  ]
  if (page.unless === null) return withEntries(call, 0, [...order, ...pair])
  if (has(given, ['take', 'skip'])) return null
  const [before, added] = has(given, ['orderBy']) ? [order, pair] : [[], [...order, ...pair]]
  return withEntries(call, 0, [
    ...before,
    { name: null, text: `...(${page.unless} && ${objectText(added)})` },
  ])
}

/** Adds `take` and the cursor that a page starts after. */
export function paginateByKey(
  call: CallExpression,
  query: Query,
  page: KeyPageSource,
  primaryKey: string,
): FileEdit[] | null {
  const given = argumentOf(call)
  if (query.operation !== 'many' || given === null || has(given, ['distinct', 'cursor', 'skip'])) return null
  const { quote } = styleOf(call.getSourceFile())
  const cursor = objectText([
    { name: 'cursor', text: objectText([{ name: primaryKey, text: page.after }]) },
    { name: 'skip', text: '1' },
  ])
  return withEntries(call, 0, [
    { name: 'orderBy', text: objectText([{ name: primaryKey, text: quote('asc') }]) },
    { name: 'take', text: page.limit },
    { name: null, text: `...(${page.after} !== undefined && ${cursor})` },
  ])
}

/** `create({ data })` as one row of `createMany`; null where the data may hold related rows. */
export function singleWrite(call: CallExpression, table: Table | undefined): SingleWrite | null {
  const given = argumentOf(call)
  const receiver = receiverOf(call, 'create')
  const data = given?.getProperties().length === 1 ? given.getProperty('data') : undefined
  const row = Node.isShorthandPropertyAssignment(data)
    ? data.getNameNode()
    : Node.isPropertyAssignment(data)
      ? data.getInitializer()
      : undefined
  if (!receiver || !row || !table || !isPlainRow(row, table)) return null
  return { row, forRows: (rows) => `${receiver}.createMany({ data: ${rows} })` }
}

/** Whether an expression holds values of the table's own columns alone. */
function isPlainRow(row: Node, table: Table): boolean {
  const value = bare(row)
  if (table.relations.length === 0) return true
  const columns = new Set(table.columns.map(({ name }) => name))
  return (
    Node.isObjectLiteralExpression(value) &&
    value.getProperties().every((property) => columns.has(propertyName(property) ?? ''))
  )
}

/** The `count` of what a `findMany` reads. */
export function count(call: CallExpression): Rewritten | null {
  const given = argumentOf(call)
  const receiver = receiverOf(call, 'findMany')
  if (!receiver || given === null || has(given, [...notPageable, 'take', 'skip'])) return null
  if (given?.getProperties().some((property) => propertyName(property) === null)) return null
  const where = given?.getProperty('where')
  return { text: `${receiver}.count(${where ? `{ ${where.getText()} }` : ''})` }
}

/** Adds a `select` of some columns. */
export function selectColumns(call: CallExpression, columns: readonly string[]): FileEdit[] | null {
  const given = argumentOf(call)
  if (given === null || columns.length === 0 || has(given, ['select', 'include', 'omit'])) return null
  if (given?.getProperties().some((property) => propertyName(property) === null)) return null
  const text = objectText(columns.map((name) => ({ name, text: 'true' })))
  return withEntries(call, 0, [{ name: 'select', text }])
}

/** Adds a relation to what a query brings along. */
export function include(call: CallExpression, query: Query, relation: string): FileEdit[] | null {
  const given = argumentOf(call)
  if (given === null || query.includes.some((included) => included.relation === relation)) return null
  const entry: NewEntry = { name: relation, text: 'true' }
  for (const name of ['select', 'include']) {
    const property = given?.getProperty(name)
    if (!property) continue
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    return Node.isObjectLiteralExpression(value) ? inLiteral(value, [entry]) : null
  }
  if (given?.getProperties().some((property) => propertyName(property) === null)) return null
  return withEntries(call, 0, [{ name: 'include', text: objectText([entry]) }])
}

/** Makes the primary key the last column of the order. */
export function appendOrder(call: CallExpression, primaryKey: string): FileEdit[] | null {
  const given = argumentOf(call)
  if (given === null) return null
  const text = orderText(call, given, [primaryKey], 'asc')
  return text === null ? null : withEntries(call, 0, [{ name: 'orderBy', text }])
}

/** The order of pages: the primary key, newest first, or the order there is with the key behind it. */
function pageOrder(
  given: ObjectLiteralExpression | undefined,
  query: Query,
  key: readonly string[],
): NewEntry[] | null {
  const call = query.value
  if (query.order?.length === 0) {
    const text = key.length === 0 ? null : orderText(call, given, key, 'desc')
    return text === null ? null : [{ name: 'orderBy', text }]
  }
  if (query.order === null || key.length !== 1 || key.some((column) => query.order?.includes(column)))
    return []
  const text = orderText(call, given, key, 'asc')
  return text === null ? [] : [{ name: 'orderBy', text }]
}

/** Source text of an `orderBy` that ends with these columns, in the direction of the column before them; null where it can't be read. */
function orderText(
  call: Node,
  given: ObjectLiteralExpression | undefined,
  key: readonly string[],
  direction: 'asc' | 'desc',
): string | null {
  const { quote } = styleOf(call.getSourceFile())
  const property = given?.getProperty('orderBy')
  const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
  const before = Node.isArrayLiteralExpression(value) ? value.getElements() : value ? [value] : []
  if (property && !before.every((element) => Node.isObjectLiteralExpression(element))) return null
  const last = /(['"])(asc|desc)\1\s*,?\s*\}\s*$/.exec(before.at(-1)?.getText() ?? '')?.[2]
  const added = key.map((column) => objectText([{ name: column, text: quote(last ?? direction) }]))
  const texts = [...before.map((element) => element.getText()), ...added]
  return texts.length === 1 ? (texts[0] ?? null) : `[${texts.join(', ')}]`
}
