import { Node } from 'ts-morph'
import type { Bound, Filter, Table } from '../../../facts.ts'
import { isUniqueColumn } from '../../../unique-columns.ts'
import type { Resolver } from '../../resolver.ts'
import { limitOfEntries, mayBeMissing } from '../reading/limit-value.ts'
import type { IncludedRelation } from '../orm.ts'
import {
  isNothing,
  type Entry,
  type ObjectView,
  type Place,
  type ValueReader,
} from '../reading/value-reader.ts'

/** The tables of one schema by name. */
export type Schema = ReadonlyMap<string, Table>

/** Conditions on a list of related rows, or several conditions at once. */
const combinators = new Set(['AND', 'OR', 'NOT'])
const listOperators = new Set(['in'])

/** The conditions of a `where`, those that don't hold for every row as `other`. */
export function filtersOf(
  where: ObjectView,
  reader: ValueReader,
  table: Table | undefined,
  resolver: Resolver,
): Filter[] {
  return where.entries.flatMap((entry): Filter[] => {
    if (entry.name === 'AND')
      return partsOf(entry, reader).flatMap((part) => filtersOf(part, reader, table, resolver))
    if (combinators.has(entry.name))
      return partsOf(entry, reader).flatMap((part) => filtersOf(part, reader, table, resolver).map(asOther))
    const compound = table?.unique.find((columns) => columns.length > 1 && columns.join('_') === entry.name)
    if (compound) return compound.map((column) => ({ column, match: 'equals' }))
    return [filterOf(entry, reader, resolver)]
  })
}

/** What bounds a read of many rows. */
export function boundOf(
  view: ObjectView,
  filters: readonly Filter[],
  table: Table | undefined,
  reader: ValueReader,
  resolver: Resolver,
): Bound | null {
  const takes = view.entries.filter(({ name }) => name === 'take')
  const limit = limitOfEntries(takes, { reader, resolver, nanIsNone: false })
  if (limit === 'limit') return limit
  const equal = filters.filter(({ match }) => match === 'equals').map(({ column }) => column)
  if (!table && equal.some(isUniqueColumn)) return 'unique-key'
  if (
    table?.unique.some((columns) => columns.length > 0 && columns.every((column) => equal.includes(column)))
  )
    return 'unique-key'
  if (filters.some(({ match }) => match === 'in')) return 'key-list'
  if (limit !== null) return limit
  // What can't be read may hold a limit, unless a caller is still to tell.
  return view.open && !reader.dependsOnCaller ? 'limit' : null
}

/** The columns that rows are ordered by, none for no order, or null where they can't be read. */
export function orderOf(view: ObjectView, reader: ValueReader): readonly string[] | null {
  const entry = lastOf(view, 'orderBy')
  if (!entry) return view.open ? null : []
  const place = reader.value(entry)
  if (!place || isNothing(place.node)) return []
  const columns = itemsOf(place).flatMap((item) => {
    const { entries, open } = reader.object(item)
    return open || entries.length === 0 ? [null] : entries.map((each) => columnOf(each, reader))
  })
  return columns.some((column) => column === null) ? null : columns.flatMap((column) => column ?? [])
}

/** The relations that `include` and `select` bring along, nested ones by their path: `posts.comments`. */
export function includesOf(
  view: ObjectView,
  table: Table | undefined,
  schema: Schema,
  reader: ValueReader,
  resolver: Resolver,
  prefix = '',
): IncludedRelation[] {
  if (prefix.split('.').length > 4) return []
  return relationEntries(view, table, reader).flatMap((entry): IncludedRelation[] => {
    const relation = table?.relations.find(({ name }) => name === entry.name)
    const inner = entry.node.getText() === 'true' ? { entries: [], open: false } : reader.object(entry)
    const takes = inner.entries.filter(({ name }) => name === 'take')
    const target = relation && schema.get(relation.target)
    const path = prefix + entry.name
    const included: IncludedRelation = {
      relation: path,
      many: relation?.many ?? null,
      bounded: limitOfEntries(takes, { reader, resolver, nanIsNone: false }) === 'limit' || inner.open,
      columns: columnsOf(inner, target, reader),
      node: entry.written,
    }
    return [included, ...includesOf(inner, target, schema, reader, resolver, `${path}.`)]
  })
}

/** The columns that a `select` is restricted to, or null for all. */
export function columnsOf(
  view: ObjectView,
  table: Table | undefined,
  reader: ValueReader,
): readonly string[] | null {
  const select = lastOf(view, 'select')
  if (!select) return null
  const { entries, open } = reader.object(select)
  if (open) return null
  const relations = new Set(table?.relations.map(({ name }) => name) ?? [])
  return entries
    .filter(
      ({ name, node }) => name !== '_count' && !relations.has(name) && !Node.isObjectLiteralExpression(node),
    )
    .filter(({ node }) => !isNothing(node))
    .map(({ name }) => name)
}

/** The property that counts under a name. */
export function lastOf(view: ObjectView, name: string): Entry | undefined {
  return view.entries.findLast((entry) => entry.name === name)
}

function relationEntries(view: ObjectView, table: Table | undefined, reader: ValueReader): Entry[] {
  const isRelation = ({ name, node }: Entry, inSelect: boolean): boolean => {
    if (name === '_count' || isNothing(node)) return false
    if (!inSelect) return true
    return table
      ? table.relations.some((relation) => relation.name === name)
      : Node.isObjectLiteralExpression(node)
  }
  return ['include', 'select'].flatMap((name) => {
    const entry = lastOf(view, name)
    return entry ? reader.object(entry).entries.filter((each) => isRelation(each, name === 'select')) : []
  })
}

function filterOf(entry: Entry, reader: ValueReader, resolver: Resolver): Filter {
  const { name: column } = entry
  const other: Filter = { column, match: 'other' }
  if (!entry.sure) return other
  const place = reader.value(entry)
  if (!place || mayBeLeftOut(place.node, resolver) || /\?\./.test(entry.node.getText())) return other
  if (!Node.isObjectLiteralExpression(place.node)) return { column, match: 'equals' }
  const { entries } = reader.object(place)
  if (entries.length === 1 && entries[0]?.name === 'equals') return { column, match: 'equals' }
  if (entries.some(({ name }) => listOperators.has(name))) return { column, match: 'in' }
  const isInfix = entries.some(({ name }) => name === 'contains' || name === 'endsWith')
  return isInfix ? { ...other, pattern: 'leading-wildcard' } : other
}

/** Whether a value may be `undefined`, which Prisma takes as no condition. */
function mayBeLeftOut(node: Node, resolver: Resolver): boolean {
  return node.getText() === 'undefined' || Node.isConditionalExpression(node) || mayBeMissing(node, resolver)
}

function asOther(filter: Filter): Filter {
  return { ...filter, match: 'other' }
}

function columnOf(entry: Entry, reader: ValueReader): string | null {
  const place = reader.value(entry)
  if (!place || !Node.isObjectLiteralExpression(place.node)) return entry.name
  return lastOf(reader.object(place), 'sort') ? entry.name : null
}

/** The objects of a list, or the one object. */
function partsOf(entry: Entry, reader: ValueReader): ObjectView[] {
  const place = reader.value(entry)
  return place ? itemsOf(place).map((item) => reader.object(item)) : []
}

function itemsOf({ node, callers }: Place): Place[] {
  return Node.isArrayLiteralExpression(node)
    ? node.getElements().map((element) => ({ node: element, callers }))
    : [{ node, callers }]
}
