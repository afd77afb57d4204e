import { Node, SyntaxKind, type CallExpression } from 'ts-morph'
import type { Bound, Filter, Operation, Write } from '../../../facts.ts'
import { isUniqueColumn } from '../../../unique-columns.ts'
import { bare, isClass } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { linksAfter, usesOf, type Link } from '../reading/builder-chain.ts'
import { limitBound } from '../reading/conditions.ts'
import { propertyOf, textOf } from '../reading/decorators.ts'
import type { LimitContext } from '../reading/limit-value.ts'
import { isList } from '../reading/limits.ts'
import { readItems } from '../reading/option-list.ts'
import { optionNamed, readOptions, type OptionContext, type OptionEntry } from '../reading/option-object.ts'

/** What the methods of a model do, with where they take their filter and options. */
export interface ModelMethod {
  readonly operation: Operation
  readonly bulk?: true
  /** Whether the first argument is a key rather than a filter, or neither. */
  readonly first: 'filter' | 'key' | 'other'
  readonly options: number
}

const reading = (operation: Operation, first: ModelMethod['first'] = 'filter'): ModelMethod => ({
  operation,
  first,
  options: 2,
})
const writing = (
  operation: Write,
  first: ModelMethod['first'],
  options: number,
  bulk?: true,
): ModelMethod => ({
  operation,
  first,
  options,
  ...(bulk && { bulk }),
})

/** The methods of a model that run a query, by name. */
export const modelMethods: Readonly<Record<string, ModelMethod>> = {
  find: reading('many'),
  where: reading('many', 'other'),
  findOne: reading('one'),
  findById: reading('one', 'key'),
  exists: reading('one'),
  countDocuments: { operation: 'count', first: 'filter', options: 1 },
  count: { operation: 'count', first: 'filter', options: 1 },
  estimatedDocumentCount: { operation: 'count', first: 'other', options: 0 },
  distinct: { operation: 'aggregate', first: 'other', options: 2 },
  aggregate: { operation: 'many', first: 'other', options: 1 },
  paginate: { operation: 'many', first: 'filter', options: 1 },
  create: writing('insert', 'other', 1),
  insertOne: writing('insert', 'other', 1),
  insertMany: writing('insert', 'other', 1, true),
  bulkWrite: writing('update', 'other', 1, true),
  bulkSave: writing('save', 'other', 1, true),
  updateOne: writing('update', 'filter', 2),
  updateMany: writing('update', 'filter', 2, true),
  replaceOne: writing('update', 'filter', 2),
  findOneAndUpdate: writing('update', 'filter', 2),
  findOneAndReplace: writing('update', 'filter', 2),
  findByIdAndUpdate: writing('update', 'key', 2),
  deleteOne: writing('delete', 'filter', 1),
  deleteMany: writing('delete', 'filter', 1, true),
  remove: writing('delete', 'filter', 1, true),
  findOneAndDelete: writing('delete', 'filter', 1),
  findOneAndRemove: writing('delete', 'filter', 1),
  findByIdAndDelete: writing('delete', 'key', 1),
  findByIdAndRemove: writing('delete', 'key', 1),
}

/** The conditions of a filter object and of the `where`s behind it. */
export function filtersOf(method: ModelMethod, links: readonly Link[], context: OptionContext): Filter[] {
  const [first] = links
  if (method.first === 'key') return [{ column: '_id', match: 'equals' }]
  const objects = [
    ...(method.first === 'filter' ? [first?.args[0]] : []),
    ...links
      .filter(({ name }, index) => index > 0 && /^(?:find|where|and|match)$/.test(name))
      .map(({ args }) => args[0]),
    ...(first?.name === 'where' ? [first.args[0]] : []),
  ]
  const chained = links.flatMap(({ name, args }, index): Filter[] => {
    const column = name === 'where' ? textOf(args[0]) : null
    if (column === null) return []
    const next = links[index + 1]?.name
    const isEqual = args.length > 1 || next === 'equals' || next === 'eq'
    return [{ column, match: isEqual ? 'equals' : next === 'in' ? 'in' : 'other' }]
  })
  return [...objects.flatMap((object) => filtersIn(object, context)), ...chained]
}

/** The conditions of one filter object. */
export function filtersIn(object: Node | undefined, context: OptionContext): Filter[] {
  if (!object) return []
  return readOptions(object, context).entries.flatMap((entry): Filter[] => {
    if (entry.name === '$or' || entry.name === '$and') return alternativesIn(entry.value, context)
    if (entry.name.startsWith('$') || entry.name === '') return []
    const filter = { column: entry.name, ...matchOf(entry.value, context) }
    return [entry.certain || filter.match === 'other' ? filter : { ...filter, match: 'other' }]
  })
}

/** Conditions of which only one needs to hold, or that stand in a list. */
function alternativesIn(list: Node, context: OptionContext): Filter[] {
  return readItems(list, context)
    .flatMap(({ value }) => filtersIn(value, context))
    .map((filter) => ({ ...filter, match: 'other' as const }))
}

function matchOf(value: Node, context: OptionContext): Omit<Filter, 'column'> {
  const node = context.resolver.definition(bare(value))
  if (isPattern(node))
    return { match: 'other', ...(isUnanchored(node) && { pattern: 'leading-wildcard' as const }) }
  if (!Node.isObjectLiteralExpression(node)) return { match: 'equals' }
  const pattern = propertyOf(node, '$regex')
  if (pattern)
    return { match: 'other', ...(isUnanchored(pattern) && { pattern: 'leading-wildcard' as const }) }
  if (propertyOf(node, '$in')) return { match: 'in' }
  const isOperator = node
    .getProperties()
    .some((property) => Node.isPropertyAssignment(property) && property.getName().startsWith('$'))
  return { match: isOperator && !propertyOf(node, '$eq') ? 'other' : 'equals' }
}

function isPattern(node: Node): boolean {
  return (
    node.getKind() === SyntaxKind.RegularExpressionLiteral ||
    (Node.isNewExpression(node) && node.getExpression().getText() === 'RegExp')
  )
}

/** Whether a pattern isn't tied to the start of the text. */
function isUnanchored(pattern: Node): boolean {
  const text = pattern.getText()
  return !/^\/\^|^new RegExp\(\s*['"`]\^|^['"`]\^/.test(text)
}

/** What keeps the documents that are read few; `start` is where the query is made. */
export function boundOf(
  method: ModelMethod,
  links: readonly Link[],
  filters: readonly Filter[],
  start: Node,
  context: OptionContext & LimitContext,
): Bound | null {
  if (links.some(({ name }) => name === 'cursor' || name === 'stream') || isIterated(start)) return 'stream'
  if (method.first === 'key') return 'unique-key'
  if (filters.some(({ column, match }) => match === 'equals' && isUniqueColumn(column))) return 'unique-key'
  if (method.operation === 'one' || links[0]?.name === 'paginate') return 'limit'
  const options = readOptions(links[0]?.args[method.options], context)
  const option = optionNamed(options, 'limit')
  const own = option && option.value.getText() !== '0' ? asLink(option, links) : []
  const limited = limitBound([...own, ...links.filter(({ name }) => name === 'limit')], start, context, true)
  if (limited === 'limit') return limited
  return filters.some(({ match, column }) => match === 'in' && isKey(column, links)) ? 'key-list' : limited
}

function isKey(column: string, links: readonly Link[]): boolean {
  if (isUniqueColumn(column) || /(?:^|_)ids?$|[a-z]Ids?$/.test(column)) return true
  const lists = /\$in:\s*([\w.]+)/.exec(links[0]?.args[0]?.getText() ?? '')?.[1] ?? ''
  return /ids$/i.test(lists)
}

/** An option as if it were given by a call of its own. */
function asLink({ value, certain }: OptionEntry, links: readonly Link[]): Link[] {
  const call = links[0]?.call
  return call && certain ? [{ name: 'limit', args: [value], call }] : []
}

/** `for await (const user of User.find())` */
function isIterated(start: Node): boolean {
  const loop = start.getFirstAncestor(Node.isForOfStatement)
  const items = loop?.getExpression()
  return (
    loop?.isAwaited() === true &&
    items !== undefined &&
    items.getPos() <= start.getPos() &&
    start.getEnd() <= items.getEnd()
  )
}

/** The fields that documents are sorted by, or null where they can't be read. */
export function orderOf(
  method: ModelMethod,
  links: readonly Link[],
  context: OptionContext,
): readonly string[] | null {
  const option = optionNamed(readOptions(links[0]?.args[method.options], context), 'sort')
  const sorts = [
    ...(option ? [option.value] : []),
    ...links.filter(({ name }) => name === 'sort').map(({ args }) => args[0]),
  ]
  const columns = sorts.map((sort) => (sort ? sortedBy(sort, context) : null))
  return columns.some((each) => each === null) ? null : columns.flatMap((each) => each ?? [])
}

function sortedBy(sort: Node, { resolver }: OptionContext): readonly string[] | null {
  const value = resolver.definition(bare(sort))
  const text = textOf(value)
  if (text !== null)
    return text
      .split(/\s+/)
      .filter(Boolean)
      .map((name) => name.replace(/^[+-]/, ''))
  if (!Node.isObjectLiteralExpression(value)) return null
  // `const sort = {}; sort[column] = -1`: what is added is out of sight.
  if (value.getProperties().length === 0 && value !== bare(sort)) return null
  const names = value
    .getProperties()
    .map((property) =>
      Node.isPropertyAssignment(property) && !Node.isComputedPropertyName(property.getNameNode())
        ? property.getName().replace(/^['"`]|['"`]$/g, '')
        : null,
    )
  return names.some((name) => name === null) ? null : names.flatMap((name) => name ?? [])
}

/** Whether one statement stores a list of documents. */
export function isBulk(method: ModelMethod, links: readonly Link[], resolver: Resolver): boolean {
  const [first] = links[0]?.args ?? []
  return method.bulk ?? (links[0]?.name === 'create' && first !== undefined && isList(first, resolver))
}

/** What a class of the project adds to a query that it is given: `new Features(Tour.find(), req.query).filter().paginate()`. */
export function linksInClass(call: CallExpression, resolver: Resolver): Link[] {
  const made = call.getParent()
  if (!Node.isNewExpression(made)) return []
  const owner = resolver.definition(made.getExpression())
  if (!isClass(owner)) return []
  const holder = outermost(made).getParent()
  const uses = Node.isVariableDeclaration(holder) ? usesOf(holder) : []
  const called = new Set(
    [...linksAfter(made), ...uses.flatMap((use) => linksAfter(use))].map(({ name }) => name),
  )
  return [...called].flatMap((name) => {
    const method = owner.getInstanceMethod(name)
    const calls = method?.getDescendantsOfKind(SyntaxKind.CallExpression) ?? []
    return calls.flatMap((each): Link[] => {
      const callee = each.getExpression()
      return Node.isPropertyAccessExpression(callee) &&
        /^(?:limit|skip|sort|select|populate)$/.test(callee.getName())
        ? [{ name: callee.getName(), args: each.getArguments(), call: each }]
        : []
    })
  })
}

function outermost(node: Node): Node {
  return linksAfter(node).at(-1)?.call ?? node
}
