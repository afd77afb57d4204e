import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { isFunction } from '../../functions.ts'
import { identifiersNamed } from '../../identifiers.ts'
import type { Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { insertion, lineEnd } from '../../rewrite/placement.ts'
import { styleOf } from '../../rewrite/style.ts'
import type { Chain, Link } from '../reading/builder-chain.ts'
import { appendedSteps, chainText, holdsComment, textWith } from '../reading/chain-edits.ts'
import { modelOf } from './models.ts'
import { schemaNode } from './schema-node.ts'
import { referredModel, schemaVariable } from './schema.ts'
import type { KeyedCount, KeyPageSource, Lookup, PageSource, Query, Rewritten, SingleWrite } from '../orm.ts'

const shaping = new Set(['select', 'populate', 'lean', 'exec', 'sort', 'collation', 'setOptions'])

/** Edits that sort, skip and limit a query. Mongoose takes a limit of zero as none. */
export function pageEdits(query: Query, page: PageSource, links: readonly Link[]): FileEdit[] | null {
  if (!isPlainFind(links) || links.some(({ name }) => name === 'limit' || name === 'skip')) return null
  const optional = (text: string): string =>
    page.unless === null ? text : `${text.replace(`${page.unless}.`, `${page.unless}?.`)} ?? 0`
  const order = query.order?.length === 0 ? ['.sort({ _id: -1 })'] : []
  return [
    added(query, [...order, `.skip(${optional(page.offset)})`, `.limit(${optional(page.limit)})`], links),
  ]
}

/** Edits that make a query read the page after a key. */
export function keyPageEdits(query: Query, page: KeyPageSource, links: readonly Link[]): FileEdit[] | null {
  if (!isPlainFind(links) || query.order?.length !== 0) return null
  if (links.some(({ name }) => name === 'limit' || name === 'skip')) return null
  const after = `.where(${page.after} === undefined ? {} : { _id: { $gt: ${page.after} } })`
  return [added(query, [after, '.sort({ _id: 1 })', `.limit(${page.limit})`], links)]
}

/** Edits that make a key the last field of a query's order. */
export function orderEdits(query: Query, column: string, links: readonly Link[]): FileEdit[] | null {
  if (links[0]?.name !== 'find' || links[0].args.length > 2) return null
  return [added(query, [`.sort({ ${column}: 1 })`], links)]
}

/** Edits that restrict a query to some fields. */
export function columnEdits(
  query: Query,
  columns: readonly string[],
  links: readonly Link[],
): FileEdit[] | null {
  const [first] = links
  if (!first || !/^find(?:One|ById)?$/.test(first.name) || first.args.length > 1) return null
  if (query.columns !== null || links.some(({ name }) => name === 'select' || name === 'populate'))
    return null
  const { quote } = styleOf(query.value.getSourceFile())
  const names = columns.filter((column) => column !== '_id' && column !== 'id')
  return names.length === 0 ? null : [added(query, [`.select(${quote(names.join(' '))})`], links)]
}

/** Edits that make a query fill in a reference. */
export function includeEdits(
  query: Query,
  relation: string,
  { start, links }: Chain,
  resolver: Resolver,
): FileEdit[] | null {
  const isFind = /^find(?:One|ById)?$/.test(links[0]?.name ?? '')
  if (!isFind || query.includes.some((include) => include.relation === relation)) return null
  const file = query.value.getSourceFile()
  const { quote } = styleOf(file)
  if (/\.[cm]?jsx?$/.test(file.getFilePath())) return [added(query, [`.populate(${quote(relation)})`], links)]
  // Types only know of what is populated by what they are told.
  const of = modelOf(start, resolver)
  const target = of && referredModel(of, relation, resolver)
  const isKnown =
    target !== null && identifiersNamed(file, target).some((use) => modelOf(use, resolver)?.name === target)
  if (!isKnown || links.some(({ name }) => name === 'lean')) return null
  const type = `{ ${relation}: InstanceType<typeof ${target}> | null }`
  return [added(query, [`.populate<${type}>(${quote(relation)})`], links)]
}

/** Documents counted instead of read. */
export function countText(call: CallExpression, query: Query, { links }: Chain): Rewritten | null {
  const [first, ...others] = links
  if (query.value !== call || first?.name !== 'find' || first.args.length > 1 || holdsComment(call))
    return null
  if (others.some(({ name }) => !shaping.has(name))) return null
  const filter = first.args[0]?.getText() ?? ''
  return { text: chainText(call, links, (link) => (link === first ? `.countDocuments(${filter})` : '')) }
}

/** `User.findById(id)` and `User.findOne({ _id: id })` as a look-up. */
export function lookup(
  call: CallExpression,
  { links }: Chain,
  isKey: (value: Node) => boolean,
): Lookup | null {
  const [first] = links
  if (!first || !givesKey(links) || !isOnlyShaped(links)) return null
  if (first.name === 'findById') {
    const [key, ...others] = first.args
    if (!key || others.length > 0 || !isKey(key)) return null
    return {
      column: '_id',
      key,
      missing: 'null',
      forKeys: (keys) => manyText(call, links, `{ _id: { $in: ${keys} } }`),
    }
  }
  const keyed = first.name === 'findOne' ? keyedFilter(first, isKey) : null
  if (keyed?.column !== '_id') return null
  return {
    column: '_id',
    key: keyed.key,
    missing: 'null',
    forKeys: (keys) => manyText(call, links, keyed.filter(keys)),
  }
}

/** `Comment.find({ post: id })` as a reading for many posts. */
export function children(
  call: CallExpression,
  { links }: Chain,
  isKey: (value: Node) => boolean,
): Lookup | null {
  const [first] = links
  if (first?.name !== 'find' || !isOnlyShaped(links)) return null
  const keyed = keyedFilter(first, isKey)
  if (!keyed || keyed.column === '_id' || !selects(links, keyed.column)) return null
  if (
    links.some(
      ({ name, args }) =>
        name === 'populate' && new RegExp(`\\b${keyed.column}\\b`).test(args[0]?.getText() ?? ''),
    )
  )
    return null
  return {
    column: keyed.column,
    key: keyed.key,
    givesListAt: [],
    forKeys: (keys) => manyText(call, links, keyed.filter(keys)),
  }
}

/** `Comment.countDocuments({ post: post._id })` for many posts; only keys that are ids already, as pipelines convert none. */
export function countsByKey(
  call: CallExpression,
  { links }: Chain,
  isKey: (value: Node) => boolean,
): KeyedCount | null {
  const [first, ...others] = links
  if (first?.name !== 'countDocuments' || others.some(({ name }) => name !== 'exec')) return null
  const keyed = keyedFilter(first, isKey)
  if (!keyed || !keyed.key.getText().endsWith('._id') || first.args.length > 1) return null
  const { quote } = styleOf(call.getSourceFile())
  const group = `{ $group: { _id: ${quote(`$${keyed.column}`)}, count: { $sum: 1 } } }`
  return {
    column: keyed.column,
    key: keyed.key,
    forKeys: (keys) =>
      chainText(call, links, (link) =>
        link === first ? `.aggregate([{ $match: ${keyed.filter(keys)} }, ${group}])` : null,
      ),
    keyOf: (row) => `${row}._id`,
    countOf: (row) => `${row}.count`,
  }
}

/** `Model.create(row)` as a write of many; not where the schema has hooks for single documents. */
export function singleCreate(
  call: CallExpression,
  { start, links }: Chain,
  resolver: Resolver,
): SingleWrite | null {
  const [first, ...others] = links
  const [row, ...more] = first?.args ?? []
  if (first?.name !== 'create' || others.length > 0 || !row || more.length > 0) return null
  if (Node.isArrayLiteralExpression(row) || !hasNoHooks(start, resolver)) return null
  return {
    row,
    givesRows: true,
    forRows: (rows) => chainText(call, links, () => `.insertMany(${rows})`),
  }
}

/** Edits that add an index below the variable that holds a schema. */
export function addIndex(
  table: string,
  columns: readonly string[],
  program: Program,
  resolver: Resolver,
): FileEdit[] | null {
  const declaration = schemaVariable(table, program, resolver)
  const statement = declaration?.getFirstAncestor(Node.isVariableStatement)
  if (!declaration || !statement || !Node.isVariableDeclaration(declaration)) return null
  const { end, lineBreak } = styleOf(declaration.getSourceFile())
  const fields = columns.map((column) => `${column}: 1`).join(', ')
  const text = `${declaration.getName()}.index({ ${fields} })${end}`
  return [insertion(statement, lineEnd(statement), lineBreak + text)]
}

function hasNoHooks(model: Node, resolver: Resolver): boolean {
  const schema = modelOf(model, resolver)?.call?.getArguments()[1]
  const made = schema && schemaNode(schema, resolver)
  return (
    made !== undefined &&
    made !== null &&
    !/\.(?:pre|post)\(\s*['"`[]/.test(made.getSourceFile().getFullText())
  )
}

/** A `find` with nothing but a filter and fields, without callbacks. */
function isPlainFind(links: readonly Link[]): boolean {
  const [first] = links
  if (first?.name !== 'find' || first.args.length > 2) return false
  return !links.some(({ args }) => args.some(isFunction))
}

/** Adds calls to a query, before the one that runs it. */
function added(query: Query, steps: readonly string[], links: readonly Link[]): FileEdit {
  const last = links.findLast(({ call }) => call === query.value)
  const callee = last?.name === 'exec' ? last.call.getExpression() : undefined
  const at = Node.isPropertyAccessExpression(callee) ? callee.getExpression() : query.value
  return appendedSteps(at, steps, links.at(-1))
}

function isOnlyShaped(links: readonly Link[]): boolean {
  return (
    links.slice(1).every(({ name }) => shaping.has(name)) && !links.some(({ args }) => args.some(isFunction))
  )
}

/** Whether the documents hold their key. */
function givesKey(links: readonly Link[]): boolean {
  return !links.some(({ name, args }) => name === 'select' && /-_id|_id: ?0/.test(args[0]?.getText() ?? ''))
}

function selects(links: readonly Link[], column: string): boolean {
  return links
    .filter(({ name }) => name === 'select')
    .every(({ args }) => new RegExp(`(?:^|[\\s'"\`])${column}\\b`).test(args[0]?.getText() ?? ''))
}

/** The one key in a filter that is written out, and the filter for many keys. */
function keyedFilter(
  { args }: Link,
  isKey: (value: Node) => boolean,
): { column: string; key: Node; filter: (keys: string) => string } | null {
  const [object] = args
  if (args.length > 1 || !Node.isObjectLiteralExpression(object)) return null
  const keyed = object.getProperties().flatMap((property) => {
    const shorthand = Node.isShorthandPropertyAssignment(property)
    const value = shorthand
      ? property.getNameNode()
      : Node.isPropertyAssignment(property)
        ? property.getInitializer()
        : undefined
    return value && isKey(value) && (shorthand || Node.isPropertyAssignment(property))
      ? [{ property, value, column: property.getName() }]
      : []
  })
  const [only, ...others] = keyed
  if (
    !only ||
    others.length > 0 ||
    object.getProperties().some((property) => Node.isSpreadAssignment(property))
  )
    return null
  return {
    column: only.column.replace(/['"`]/g, ''),
    key: only.value,
    filter: (keys) => textWith(object, only.property, `${only.column}: { $in: ${keys} }`),
  }
}

function manyText(call: CallExpression, links: readonly Link[], filter: string): string {
  return chainText(call, links, (link) => (link === links[0] ? `.find(${filter})` : null))
}
