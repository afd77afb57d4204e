import { Node } from 'ts-morph'
import type { Bound, Filter, Relation, Table } from '../../../facts.ts'
import { isUniqueColumn } from '../../../unique-columns.ts'
import { bare, isFunction } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { isOptionalNumber } from '../reading/limits.ts'
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
import { textOf } from '../reading/decorators.ts'
import type { Entity } from '../reading/repository-receivers.ts'
import { entityTable } from './schema.ts'

/** What the options of a find say about a query. */
export type FindFacts = Pick<
  Query,
  'bound' | 'filters' | 'order' | 'limit' | 'skips' | 'includes' | 'columns' | 'dependsOnCaller'
>

const findKeys = new Set([
  'where',
  'order',
  'skip',
  'take',
  'relations',
  'relationLoadStrategy',
  'select',
  'cache',
  'join',
  'lock',
  'withDeleted',
  'loadEagerRelations',
  'loadRelationIds',
  'comment',
  'transaction',
])

/** Whether an object given to `find` holds conditions themselves, as up to TypeORM 0.2. */
export function isConditions(options: OptionObject): boolean {
  return (
    !options.open && options.entries.length > 0 && options.entries.every(({ name }) => !findKeys.has(name))
  )
}

/** Reads `{ where, order, take, skip, relations, select }`, or the conditions themselves. */
export function readFind(node: Node | undefined, entity: Entity | null, context: OptionContext): FindFacts {
  const options = readOptions(node, context)
  if (isConditions(options)) return readWhere(node, entity, context)
  const where = optionNamed(options, 'where')
  const filters = where
    ? filtersIn(where.value, entity, context).map((filter) => (where.certain ? filter : weak(filter)))
    : []
  const take = optionNamed(options, 'take')
  const select = optionNamed(options, 'select')
  return {
    bound: boundBy(take, filters, options, entity, context),
    filters,
    order: orderIn(optionNamed(options, 'order'), options, context),
    limit: take?.value ?? null,
    skips: optionNamed(options, 'skip') !== undefined,
    includes: relationsIn(optionNamed(options, 'relations')?.value, entity, context),
    columns: select ? selectedIn(select.value, context) : null,
    ...(options.pending && { dependsOnCaller: true as const }),
  }
}

/** Reads conditions that are given alone, as to `findBy`. */
export function readWhere(node: Node | undefined, entity: Entity | null, context: OptionContext): FindFacts {
  const filters = filtersIn(node, entity, context)
  return {
    bound: boundBy(undefined, filters, { entries: [], open: false, pending: false }, entity, context),
    filters,
    order: [],
    limit: null,
    skips: false,
    includes: [],
    columns: null,
  }
}

/** What bounds a read of many rows. Options that can't be seen may hold a limit. */
function boundBy(
  take: OptionEntry | undefined,
  filters: readonly Filter[],
  options: OptionObject,
  entity: Entity | null,
  context: OptionContext,
): Bound | null {
  if (take?.certain && !isOptionalNumber(take.value, context.resolver, context.callers)) return 'limit'
  const byKey = boundByFilters(filters, tableOfEntity(entity, context.resolver))
  if (byKey === 'unique-key') return byKey
  if (take) return 'optional-limit'
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

/** The conditions of `{ id: In(ids), author: { id } }`; a list of alternatives says nothing for sure. */
export function filtersIn(node: Node | undefined, entity: Entity | null, context: OptionContext): Filter[] {
  if (!node) return []
  const value = bare(node)
  const definition = Node.isIdentifier(value) ? context.resolver.definition(value) : value
  if (Node.isArrayLiteralExpression(definition)) {
    const elements = definition.getElements()
    const each = elements.flatMap((element) => filtersIn(element, entity, context))
    return elements.length === 1 ? each : each.map(weak)
  }
  return readOptions(node, context).entries.flatMap((entry) => {
    const filters = filtersOf(entry, entity, context)
    return entry.certain ? filters : filters.map(weak)
  })
}

function filtersOf({ name, value }: OptionEntry, entity: Entity | null, context: OptionContext): Filter[] {
  const bareValue = bare(value)
  if (isNothing(bareValue)) return []
  const relation = relationNamed(name, entity, context.resolver)
  const object = Node.isObjectLiteralExpression(bareValue) ? bareValue : null
  if (object) {
    const nested = filtersIn(object, entityOfRelation(relation), context)
    const [key] = relation?.references ?? ['id']
    const [column = `${name}Id`] = relation?.columns ?? []
    if (relation?.many) return [{ column: name, match: 'other' }]
    return nested.map((filter) =>
      filter.column === key ? { ...filter, column } : { ...filter, column: `${name}.${filter.column}` },
    )
  }
  const column = relation?.columns[0] ?? name
  return [{ column, ...comparisonOf(bareValue, context.resolver) }]
}

/** How a value is compared: `In([…])`, `Like('…')`, or equality. */
function comparisonOf(value: Node, resolver: Resolver): Omit<Filter, 'column'> {
  const definition = resolver.definition(value)
  const call = Node.isCallExpression(value) ? value : definition
  if (!Node.isCallExpression(call)) return { match: 'equals' }
  const origin = resolver.origin(call.getExpression()) ?? ''
  const operator = /^"typeorm"\.(\w+)$/.exec(origin)?.[1]
  if (operator === undefined || operator === 'Equal') return { match: 'equals' }
  const [given] = call.getArguments()
  if (operator === 'In' || operator === 'Any')
    return { match: given && isFunction(resolver.definition(given)) ? 'other' : 'in' }
  const isSearch = /^I?Like$/.test(operator) && given !== undefined && isLeadingWildcard(given)
  return isSearch ? { match: 'other', pattern: 'leading-wildcard' } : { match: 'other' }
}

/** The table that an entity's class declares, where it has one. */
export function tableOfEntity(entity: Entity | null, resolver: Resolver): Table | null {
  return entity?.node ? entityTable(entity.node, resolver) : null
}

function weak(filter: Filter): Filter {
  return { ...filter, match: 'other' }
}

function relationNamed(name: string, entity: Entity | null, resolver: Resolver): Relation | undefined {
  return entity?.node
    ? entityTable(entity.node, resolver)?.relations.find((relation) => relation.name === name)
    : undefined
}

function entityOfRelation(relation: Relation | undefined): Entity | null {
  return relation ? { name: relation.target, node: null } : null
}

function orderIn(
  entry: OptionEntry | undefined,
  options: OptionObject,
  context: OptionContext,
): readonly string[] | null {
  if (!entry) return options.open ? null : []
  const order = readOptions(entry.value, context)
  if (order.open || order.entries.some(({ name }) => name.startsWith('['))) return null
  return order.entries.map(({ name }) => name)
}

/** The relations that `relations` names: `['author', 'comments.author']` or `{ author: true, comments: { author: true } }`. */
function relationsIn(
  node: Node | undefined,
  entity: Entity | null,
  context: OptionContext,
): IncludedRelation[] {
  if (!node) return []
  const items = readItems(node, context).flatMap(({ value }) => {
    const text = textOf(context.resolver.definition(value))
    return text === null ? [] : [{ path: text, node: value }]
  })
  const paths = items.length > 0 ? items : pathsIn(node, '', context)
  return paths.map(({ path, node: at }) => included(path, at, entity, context.resolver))
}

function pathsIn(node: Node, prefix: string, context: OptionContext): { path: string; node: Node }[] {
  return readOptions(node, context).entries.flatMap(({ name, value }) => {
    const text = bare(value).getText()
    if (text === 'false' || isNothing(bare(value))) return []
    const path = prefix + name
    const below = Node.isObjectLiteralExpression(bare(value)) ? pathsIn(value, `${path}.`, context) : []
    return [{ path, node: value }, ...below]
  })
}

/** A relation by its path from an entity. */
export function included(
  path: string,
  node: Node,
  entity: Entity | null,
  resolver: Resolver,
): IncludedRelation {
  let many: boolean | null = null
  let owner = entity?.node ?? null
  for (const step of path.split('.')) {
    const relation = owner
      ? entityTable(owner, resolver)?.relations.find(({ name }) => name === step)
      : undefined
    many = relation?.many ?? null
    owner = owner && relation ? targetOf(owner, step, resolver) : null
  }
  return { relation: path, many, bounded: false, columns: null, node }
}

/** The class that a relation leads to, by the decorators of its property. */
function targetOf(owner: NonNullable<Entity['node']>, relation: string, resolver: Resolver): Entity['node'] {
  const member = owner.getInstanceMember(relation)
  if (!Node.isPropertyDeclaration(member)) return null
  const [thunk] = member.getDecorators().flatMap((decorator) => decorator.getArguments())
  const body = isFunction(thunk) ? thunk.getBody() : undefined
  const target = body ? resolver.definition(body) : undefined
  return Node.isClassDeclaration(target) ? target : null
}

/** The columns of `['id', 'name']` or `{ id: true, name: true }`, or null where relations or unseen parts are among them. */
function selectedIn(node: Node, context: OptionContext): readonly string[] | null {
  const items = readItems(node, context)
  if (items.length > 0) {
    const names = items.map(({ value }) => textOf(value))
    return names.some((name) => name === null) ? null : names.flatMap((name) => name ?? [])
  }
  const { entries, open } = readOptions(node, context)
  if (open || entries.length === 0) return null
  return entries.filter(({ value }) => value.getText() !== 'false').map(({ name }) => name)
}
