import { Node } from 'ts-morph'
import type { Bound, Filter, Table } from '../../../facts.ts'
import { isUniqueColumn } from '../../../unique-columns.ts'
import { bare } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { textOf } from '../reading/decorators.ts'
import { isList, isOptionalNumber } from '../reading/limits.ts'
import { mikroTable } from './schema.ts'
import { readItems } from '../reading/option-list.ts'
import {
  isNothing,
  optionNamed,
  readOptions,
  type OptionContext,
  type OptionEntry,
  type OptionObject,
} from '../reading/option-object.ts'
import type { IncludedRelation, Query } from '../orm.ts'
import { isLeadingWildcard } from '../reading/patterns.ts'
import type { Entity } from '../reading/repository-receivers.ts'

/** What the conditions and options of a find say about a query. */
export type FindFacts = Pick<
  Query,
  'bound' | 'filters' | 'order' | 'limit' | 'skips' | 'includes' | 'columns' | 'dependsOnCaller'
>

/** Reads `find(where, { limit, offset, orderBy, populate, fields })`. */
export function readFind(
  where: Node | undefined,
  given: Node | undefined,
  entity: Entity | null,
  context: OptionContext,
): FindFacts {
  const options = readOptions(given, context)
  const inner = optionNamed(options, 'where')
  const filters = filtersIn(where ?? inner?.value, entity, context)
  const limit = optionNamed(options, 'limit') ?? optionNamed(options, 'first') ?? optionNamed(options, 'last')
  const fields = optionNamed(options, 'fields')?.value
  return {
    bound: boundBy(limit, filters, options, tableOfEntity(entity, context.resolver), context),
    filters,
    order: orderIn(optionNamed(options, 'orderBy'), options, context),
    limit: limit?.value ?? null,
    skips: optionNamed(options, 'offset') !== undefined,
    includes: populatedIn(optionNamed(options, 'populate')?.value, entity, context),
    columns: fields ? columnsIn(fields, context) : null,
    ...(options.pending && { dependsOnCaller: true as const }),
  }
}

function boundBy(
  limit: OptionEntry | undefined,
  filters: readonly Filter[],
  options: OptionObject,
  table: Table | null,
  { resolver, callers }: OptionContext,
): Bound | null {
  if (limit?.certain && !isOptionalNumber(limit.value, resolver, callers)) return 'limit'
  const byKey = boundByFilters(filters, table)
  if (byKey === 'unique-key') return byKey
  if (limit) return 'optional-limit'
  if (byKey) return byKey
  return options.open && !options.pending ? 'limit' : null
}

/** What conditions bound a read to: one row by a unique key, or the rows of a list of keys. */
export function boundByFilters(filters: readonly Filter[], table: Table | null): Bound | null {
  const equal = new Set(filters.filter(({ match }) => match === 'equals').map(({ column }) => column))
  if ([...equal].some(isUniqueColumn)) return 'unique-key'
  if (table?.unique.some((columns) => columns.every((column) => equal.has(column)))) return 'unique-key'
  return filters.some(({ match }) => match === 'in') ? 'key-list' : null
}

/** The table of an entity's class, where it has one. */
export function tableOfEntity(entity: Entity | null, resolver: Resolver): Table | null {
  return entity?.node ? mikroTable(entity.node, resolver) : null
}

/** The conditions of `{ id: { $in: ids }, author: 1 }`, of a key or of a list of keys. */
export function filtersIn(node: Node | undefined, entity: Entity | null, context: OptionContext): Filter[] {
  if (!node) return []
  const value = bare(node)
  const key = tableOfEntity(entity, context.resolver)?.primaryKey[0] ?? 'id'
  const definition = context.resolver.definition(value)
  if (Node.isNumericLiteral(definition) || Node.isStringLiteral(definition))
    return [{ column: key, match: 'equals' }]
  if (isList(value, context.resolver)) return [{ column: key, match: 'in' }]
  const { entries, open } = readOptions(node, context)
  if (open && entries.length === 0 && isKeyName(value)) return [{ column: key, match: 'equals' }]
  return entries.flatMap((entry): Filter[] => {
    const filters = filtersOf(entry, context)
    return entry.certain ? filters : filters.map(weak)
  })
}

function isKeyName(value: Node): boolean {
  const name = Node.isPropertyAccessExpression(value) ? value.getName() : value.getText()
  return /^(?:id|uuid|\w*[a-z]Id|\w+_id)$/.test(name)
}

function filtersOf({ name, value }: OptionEntry, context: OptionContext): Filter[] {
  const given = bare(value)
  if (isNothing(given)) return []
  if (name === '$and')
    return Node.isArrayLiteralExpression(given)
      ? given.getElements().flatMap((item) => filtersIn(item, null, context))
      : []
  if (name === '$or')
    return Node.isArrayLiteralExpression(given)
      ? given
          .getElements()
          .flatMap((item) => filtersIn(item, null, context))
          .map(weak)
      : []
  if (name.startsWith('$') || name.startsWith('[')) return []
  if (!Node.isObjectLiteralExpression(given))
    return [{ column: name, match: isList(given, context.resolver) ? 'in' : 'equals' }]
  const [only, ...others] = readOptions(given, context).entries
  if (!only || others.length > 0) return [{ column: name, match: 'other' }]
  if (only.name === '$in') return [{ column: name, match: 'in' }]
  if (only.name === '$eq' || only.name === 'id') return [{ column: name, match: 'equals' }]
  const isSearch = /^\$i?like$/.test(only.name) && isLeadingWildcard(only.value)
  if (isSearch) return [{ column: name, match: 'other', pattern: 'leading-wildcard' }]
  return [{ column: only.name.startsWith('$') ? name : `${name}.${only.name}`, match: 'other' }]
}

function weak(filter: Filter): Filter {
  return { ...filter, match: 'other' }
}

function orderIn(
  entry: OptionEntry | undefined,
  options: OptionObject,
  context: OptionContext,
): readonly string[] | null {
  if (!entry) return options.open ? null : []
  const items = Node.isArrayLiteralExpression(bare(entry.value))
    ? readItems(entry.value, context).map(({ value }) => value)
    : [entry.value]
  const orders = items.map((item) => readOptions(item, context))
  if (orders.some(({ open, entries }) => open || entries.some(({ name }) => name.startsWith('['))))
    return null
  return orders.flatMap(({ entries }) => entries.map(({ name }) => name))
}

/** The relations of `populate: ['author', 'books.tags']`. */
export function populatedIn(
  node: Node | undefined,
  entity: Entity | null,
  context: OptionContext,
): IncludedRelation[] {
  return readItems(node, context).flatMap(({ value }) => {
    const path = textOf(context.resolver.definition(value))
    if (path === null || path === '*' || path.startsWith('$')) return []
    const [first] = path.split('.')
    const relation = tableOfEntity(entity, context.resolver)?.relations.find(({ name }) => name === first)
    const many = path === first ? (relation?.many ?? null) : null
    return [{ relation: path, many, bounded: false, columns: null, node: value }]
  })
}

function columnsIn(node: Node, context: OptionContext): readonly string[] | null {
  const names = readItems(node, context).map(({ value }) => textOf(value))
  return names.length === 0 || names.includes(null) || names.includes('*')
    ? null
    : names.flatMap((name) => name ?? [])
}
