import { Node } from 'ts-morph'
import type { Bound, Filter } from '../../../facts.ts'
import { isUniqueColumn } from '../../../unique-columns.ts'
import { bare } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { textOf } from '../reading/decorators.ts'
import { isList, isOptionalNumber } from '../reading/limits.ts'
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
import { associationsOf } from './associations.ts'
import { modelOf } from './models.ts'
import { modelTable } from './schema.ts'

/** What the options of a finder say about a query. */
export type FinderFacts = Pick<
  Query,
  | 'bound'
  | 'filters'
  | 'order'
  | 'limit'
  | 'skips'
  | 'countsJoinedRows'
  | 'includes'
  | 'columns'
  | 'inTransaction'
  | 'dependsOnCaller'
> & {
  /** Whether rows are grouped, or nothing but aggregates is read. */
  readonly isAggregate: boolean
}

/** Reads `{ where, order, limit, offset, include, attributes, transaction }`. */
export function readFinder(node: Node | undefined, model: string, context: OptionContext): FinderFacts {
  const options = readOptions(node, context)
  const where = optionNamed(options, 'where')
  const filters = where
    ? filtersIn(where.value, context).map((filter) => (where.certain ? filter : weak(filter)))
    : []
  const limit = optionNamed(options, 'limit')
  const attributes = optionNamed(options, 'attributes')?.value
  return {
    bound: boundBy(limit, filters, options, model, context),
    filters,
    order: orderIn(optionNamed(options, 'order'), options, context),
    limit: limit?.value ?? null,
    skips: optionNamed(options, 'offset') !== undefined,
    countsJoinedRows: optionNamed(options, 'subQuery')?.value.getText() === 'false' && limit !== undefined,
    includes: readItems(optionNamed(options, 'include')?.value, context).flatMap(({ value }) =>
      includesOf(value, model, context),
    ),
    columns: attributes ? columnsIn(attributes, context) : null,
    inTransaction: optionNamed(options, 'transaction') !== undefined || (options.open && !options.pending),
    ...(options.pending && { dependsOnCaller: true as const }),
    isAggregate:
      optionNamed(options, 'group') !== undefined || (attributes !== undefined && isAggregated(attributes)),
  }
}

function boundBy(
  limit: OptionEntry | undefined,
  filters: readonly Filter[],
  options: OptionObject,
  model: string,
  { resolver, callers }: OptionContext,
): Bound | null {
  if (limit?.certain && !isOptionalNumber(limit.value, resolver, callers)) return 'limit'
  const byKey = boundByFilters(filters, model, resolver)
  if (byKey === 'unique-key') return byKey
  if (limit) return 'optional-limit'
  if (byKey) return byKey
  return options.open && !options.pending ? 'limit' : null
}

/** What conditions bound a read to: one row by a unique key, or the rows of a list of keys. */
export function boundByFilters(filters: readonly Filter[], model: string, resolver: Resolver): Bound | null {
  const equal = new Set(filters.filter(({ match }) => match === 'equals').map(({ column }) => column))
  if ([...equal].some(isUniqueColumn)) return 'unique-key'
  if (modelTable(model, resolver)?.unique.some((columns) => columns.every((column) => equal.has(column))))
    return 'unique-key'
  return filters.some(({ match }) => match === 'in') ? 'key-list' : null
}

/** The conditions of `{ id: ids, status: 'open', [Op.and]: [{…}] }`. */
export function filtersIn(node: Node, context: OptionContext): Filter[] {
  const value = bare(node)
  if (Node.isArrayLiteralExpression(value))
    return value.getElements().flatMap((element) => filtersIn(element, context))
  return readOptions(node, context).entries.flatMap((entry): Filter[] => {
    const filters = filtersOf(entry, context)
    return entry.certain ? filters : filters.map(weak)
  })
}

function filtersOf({ name, value }: OptionEntry, context: OptionContext): Filter[] {
  if (isNothing(bare(value))) return []
  if (isOperator(name, 'and')) return filtersIn(value, context)
  if (name.startsWith('[')) return itemsOf(value, context).map(weak)
  return [{ column: name, ...comparisonOf(value, context) }]
}

/** The conditions among alternatives, for their columns. */
function itemsOf(value: Node, context: OptionContext): Filter[] {
  const list = bare(value)
  return Node.isArrayLiteralExpression(list) || Node.isObjectLiteralExpression(list)
    ? filtersIn(value, context)
    : []
}

/** How a value is compared: `{ [Op.in]: ids }`, `{ [Op.like]: '…' }`, a list, or equality. */
function comparisonOf(value: Node, context: OptionContext): Omit<Filter, 'column'> {
  const given = bare(value)
  if (Node.isObjectLiteralExpression(given)) {
    const [only, ...others] = readOptions(given, context).entries
    if (!only || others.length > 0) return { match: 'other' }
    if (isOperator(only.name, 'eq')) return { match: 'equals' }
    if (isSearch(only)) return { match: 'other', pattern: 'leading-wildcard' }
    const isIn = isOperator(only.name, 'in') || isOperator(only.name, 'any')
    return { match: isIn && !/literal\(/.test(only.value.getText()) ? 'in' : 'other' }
  }
  const definition = context.resolver.definition(given)
  const isExpression =
    Node.isCallExpression(definition) &&
    /\.(?:literal|fn|where|col)$/.test(definition.getExpression().getText())
  return { match: isExpression ? 'other' : isList(given, context.resolver) ? 'in' : 'equals' }
}

/** A search for text anywhere in a column. */
function isSearch({ name, value }: OptionEntry): boolean {
  if (isOperator(name, 'substring') || isOperator(name, 'endsWith')) return true
  return (isOperator(name, 'like') || isOperator(name, 'iLike')) && isLeadingWildcard(value)
}

/** Whether a computed key is one of Sequelize's operators: `[Op.in]`, `[Sequelize.Op.in]`, `$in`. */
function isOperator(name: string, operator: string): boolean {
  return new RegExp(`^(?:\\[(?:[\\w.]*\\.)?Op\\.${operator}\\]|\\$${operator})$`).test(name)
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
  const text = textOf(entry.value)
  if (text !== null) return [text]
  const list = bare(context.resolver.definition(entry.value))
  if (!Node.isArrayLiteralExpression(list)) return null
  const columns = list.getElements().map((item) => {
    const part = Node.isArrayLiteralExpression(item)
      ? item.getElements().length <= 2
        ? item.getElements()[0]
        : undefined
      : item
    return textOf(part)
  })
  return columns.some((column) => column === null) ? null : columns.flatMap((column) => column ?? [])
}

/** The relation of one item of `include`: a model, a name, or `{ model, as, attributes, limit, include }`. */
function includesOf(item: Node, model: string, context: OptionContext): IncludedRelation[] {
  const { resolver } = context
  const value = bare(item)
  const text = textOf(value)
  const definition = resolver.definition(value)
  if (text !== null) return [relation(text, model, false, null, item, resolver)]
  const included = modelOf(value, resolver)
  if (included) return [relation(aliasOf(included.name, model, resolver), model, false, null, item, resolver)]
  if (!Node.isObjectLiteralExpression(definition)) return []
  const options = readOptions(value, context)
  const target = optionNamed(options, 'model') ?? optionNamed(options, 'association')
  const as = optionNamed(options, 'as')
  const targetModel = target ? modelOf(target.value, resolver) : null
  const name =
    textOf(as?.value) ??
    textOf(target?.value) ??
    (targetModel ? aliasOf(targetModel.name, model, resolver) : null)
  if (name === null) return []
  const attributes = optionNamed(options, 'attributes')?.value
  const own = relation(
    name,
    model,
    optionNamed(options, 'limit') !== undefined,
    attributes ? columnsIn(attributes, context) : null,
    item,
    resolver,
  )
  const below =
    associationsOf(resolver)
      .get(model)
      ?.find((association) => association.as === name)?.target ?? targetModel?.name
  const nested = readItems(optionNamed(options, 'include')?.value, context).flatMap((inner) =>
    below === undefined ? [] : includesOf(inner.value, below, context),
  )
  return [own, ...nested.map((inner) => ({ ...inner, relation: `${name}.${inner.relation}` }))]
}

function relation(
  name: string,
  model: string,
  bounded: boolean,
  columns: readonly string[] | null,
  node: Node,
  resolver: Resolver,
): IncludedRelation {
  const [first = ''] = name.split('.')
  const association = associationsOf(resolver)
    .get(model)
    ?.find(({ as }) => as === first)
  return { relation: name, many: association?.many ?? null, bounded, columns, node }
}

/** The name under which a model's rows are brought along where the query doesn't say it. */
function aliasOf(target: string, model: string, resolver: Resolver): string {
  const associations =
    associationsOf(resolver)
      .get(model)
      ?.filter((association) => association.target === target) ?? []
  return associations[0]?.as ?? target
}

/** The columns of `attributes: ['id', 'name']`, or null where it holds anything else. */
function columnsIn(node: Node, context: OptionContext): readonly string[] | null {
  const items = readItems(node, context)
  const names = items.map(({ value }) => textOf(value))
  return items.length === 0 || names.includes(null) ? null : names.flatMap((name) => name ?? [])
}

/** `attributes: [[fn('COUNT', col('id')), 'n']]` and nothing else. */
function isAggregated(node: Node): boolean {
  const list = bare(node)
  if (!Node.isArrayLiteralExpression(list) || list.getElements().length === 0) return false
  return list
    .getElements()
    .every(
      (item) =>
        Node.isArrayLiteralExpression(item) &&
        /\bfn\(\s*['"`](?:count|sum|avg|min|max)\b/i.test(item.getText()),
    )
}
