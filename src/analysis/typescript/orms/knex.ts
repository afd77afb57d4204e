import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Bound, Filter, Operation } from '../../facts.ts'
import { isUniqueColumn } from '../../unique-columns.ts'
import { fileOf } from '../program.ts'
import { isFunction } from '../functions.ts'
import type { Resolver } from '../resolver.ts'
import { indentOf, lineLength, styleOf } from '../rewrite/style.ts'
import { chainFrom, completed, separatorBefore, type Chain, type Link } from './builder-chain.ts'
import { columnOf, equalityOf, lookupIn } from './knex-lookup.ts'
import type { Orm, PageSource, Query } from './orm.ts'
import { readSql } from './sql-text.ts'

/** What `knex({…})` gives, a value of its types, or a transaction of either. */
const instance =
  /^(?:"knex"(?:\.knex|\.default)?\(\)|<"knex"(?:\.Knex(?:\.Transaction)?)?>)(?:\.withUserParams\(\)|\.transaction\((?:@0)?\)|\.transactionProvider\(\)\(\))*$/

const writes = new Set([
  'insert',
  'update',
  'upsert',
  'del',
  'delete',
  'increment',
  'decrement',
  'truncate',
  'batchInsert',
])
const counts = new Set(['count', 'countDistinct'])
const aggregates = new Set([
  'sum',
  'sumDistinct',
  'avg',
  'avgDistinct',
  'min',
  'max',
  'groupBy',
  'groupByRaw',
])
const streams = new Set(['stream', 'pipe', 'asStream'])
const limits = new Set(['limit', 'paginate', 'first'])
const sources = new Set(['from', 'table', 'into'])
const keyLists = new Set(['whereIn', 'andWhereIn'])
/** What a look-up by key may hold besides its key and `first`. */
const lookupLinks = new Set([
  'where',
  'andWhere',
  'whereNull',
  'whereNotNull',
  'whereNot',
  'select',
  'column',
  'columns',
  'first',
  'from',
  'table',
])

/** Knex query builders: `db('posts')`, `db.select().from('posts')`, `trx('posts')`, and plain SQL in `db.raw`. */
export const knex: Orm = {
  id: 'knex',
  examples: [
    {
      setup: `import { knex } from 'knex'
const db = knex({ client: 'pg' })`,
      code: `await db('posts').where({ author_id: 1 })
await db.select('title').from('posts').limit(10)
await db<Post>('posts').where('id', 1).first()
await db('posts').count()
await db('posts').insert({ title: '' })
await db('posts').whereIn('author_id', [1, 2])
await db.raw('select * from posts')
await db.transaction(async (trx) => { await trx('users').where({ email: 'a' }) })
db.schema.createTable('x', () => {})`,
      queries: [
        { table: 'posts', operation: 'many', bound: null },
        { table: 'posts', operation: 'many', bound: 'limit' },
        { table: 'posts', operation: 'one', bound: 'limit' },
        { table: 'posts', operation: 'count', bound: null },
        { table: 'posts', operation: 'write', bound: null },
        { table: 'posts', operation: 'many', bound: 'key-list' },
        { table: 'posts', operation: 'many', bound: null },
        { table: 'users', operation: 'many', bound: 'unique-key' },
      ],
    },
    {
      setup: `const db = require('knex')({ client: 'sqlite3' })
async function list(name) {
  let query = db('users as u').join('posts as p', 'p.author_id', 'u.id')
  if (name) query = query.where('u.name', 'like', name)
  query.limit(10)
  return query
}`,
      code: `await list('a%')`,
      queries: [{ table: 'users', operation: 'many', bound: 'limit' }],
    },
  ],
  recognise(call, resolver, callers) {
    const chain = knexChain(call, resolver)
    if (!chain) return null
    const raw = chain.links[0]
    if (raw?.name === 'raw') return rawQuery(call, raw, resolver)
    const { links, value } = completed(call, chain, resolver, callers)
    return {
      table: tableOf(chain),
      operation: operationOf(links),
      bound: boundOf(links, resolver),
      filters: filtersOf(links),
      ordered: links.some(({ name }) => name === 'orderBy' || name === 'orderByRaw'),
      value,
    }
  },
  paginate(call, query, page, resolver) {
    const chain = knexChain(call, resolver)
    if (!chain || chain.links[0]?.name === 'raw') return null
    const { links } = completed(call, chain, resolver, [])
    if (!query.ordered && links.some(({ name }) => /^(?:distinct|union|intersect|except)/.test(name)))
      return null
    return [pageEdit(query, page, keyColumn(chain, links), links.at(-1))]
  },
  lookup(call, isKey, resolver) {
    const chain = knexChain(call, resolver)
    if (!chain || completed(call, chain, resolver, []).value !== call) return null
    if (chain.links.some(({ name }) => !lookupLinks.has(name))) return null
    return lookupIn(call, chain.links, isKey)
  },
}

/** The chain that a call is the end of, or null where it isn't Knex's or runs no query. */
function knexChain(call: CallExpression, resolver: Resolver): Chain | null {
  const chain = chainFrom(call, (node) =>
    isInstance(Node.isCallExpression(node) ? node.getExpression() : node, resolver),
  )
  if (!chain) return null
  if (Node.isCallExpression(chain.start) && chain.start.getArguments().length > 0) return chain
  return chain.links[0]?.name === 'raw' || chain.links.some(({ name }) => sources.has(name)) ? chain : null
}

function isInstance(node: Node, resolver: Resolver): boolean {
  return instance.test(resolver.origin(node) ?? '')
}

/** The call that names the table: `db('posts')` or `.from('posts')`. */
function sourceCall(chain: Chain): CallExpression | undefined {
  const { start } = chain
  if (Node.isCallExpression(start) && start.getArguments().length > 0) return start
  return chain.links.find(({ name }) => sources.has(name))?.call
}

function tableOf(chain: Chain): string | null {
  const argument = sourceCall(chain)?.getArguments()[0]
  if (Node.isStringLiteral(argument) || Node.isNoSubstitutionTemplateLiteral(argument))
    return argument.getLiteralValue().split(/\s+as\s+/i)[0] ?? null
  return null
}

function operationOf(links: readonly Link[]): Operation {
  const names = new Set(links.map(({ name }) => name))
  const has = (set: ReadonlySet<string>): boolean => [...set].some((name) => names.has(name))
  if (has(writes)) return 'write'
  if (has(counts) && !names.has('groupBy')) return 'count'
  if (has(aggregates) || has(counts) || links.some(selectsAggregate)) return 'aggregate'
  return names.has('first') ? 'one' : 'many'
}

/** `.select(db.raw('count(*) as n'))` and nothing else. */
function selectsAggregate({ name, args }: Link): boolean {
  return (
    name === 'select' &&
    args.length === 1 &&
    /\b(?:count|sum|avg|min|max)\s*\(/i.test(args[0]?.getText() ?? '')
  )
}

function boundOf(links: readonly Link[], resolver: Resolver): Bound | null {
  if (links.some(({ name }) => streams.has(name))) return 'stream'
  if (links.some((link) => limits.has(link.name) || modifiesLimit(link, resolver))) return 'limit'
  if (links.some(({ name }) => name.startsWith('or'))) return null
  const filters = filtersOf(links)
  if (
    filters.some(({ match, column }) => match === 'equals' && isUniqueColumn(column)) &&
    !links.some(({ name }) => /join/i.test(name))
  )
    return 'unique-key'
  return filters.some(({ match }) => match === 'in') ? 'key-list' : null
}

function modifiesLimit({ name, args }: Link, resolver: Resolver): boolean {
  if (name !== 'modify' || !args[0]) return false
  return resolver.functions(args[0]).some((fn) => /\.limit\(/.test(fn.getText()))
}

function filtersOf(links: readonly Link[]): Filter[] {
  return links.flatMap((link): Filter[] => {
    if (keyLists.has(link.name)) {
      const column = columnOf(link.args[0])
      const isList =
        link.args[1] !== undefined && !isFunction(link.args[1]) && !/\.select\(/.test(link.args[1].getText())
      return column === null ? [] : [{ column, match: isList ? 'in' : 'other' }]
    }
    const equal = equalityOf(link)
    if (equal) return equal.map(({ column }) => ({ column, match: 'equals' }))
    const column = link.name.toLowerCase().includes('where') ? columnOf(link.args[0]) : null
    return column === null ? [] : [{ column, match: 'other' }]
  })
}

function rawQuery(call: CallExpression, raw: Link, resolver: Resolver): Query | null {
  const argument = raw.args[0] ? resolver.definition(raw.args[0]) : undefined
  const isText = Node.isStringLiteral(argument) || Node.isNoSubstitutionTemplateLiteral(argument)
  const text = isText
    ? argument.getLiteralValue()
    : Node.isTemplateExpression(argument)
      ? argument.getText().slice(1, -1)
      : ''
  const sql = readSql(text)
  return sql && { ...sql, filters: [], value: call }
}

function pageEdit(query: Query, page: PageSource, column: string, last: Link | undefined): FileEdit {
  const style = styleOf(query.value.getSourceFile())
  const order = query.ordered ? [] : [`.orderBy(${style.quote(column)}, ${style.quote('desc')})`]
  const steps = [...order, `.limit(${page.limit})`, `.offset(${page.offset})`]
  const end = query.value.getEnd()
  const inLine = { file: fileOf(query.value), start: end, end, text: steps.join('') }
  const onLines = separatorBefore(last) || style.lineBreak + indentOf(query.value) + style.indent
  if (page.unless !== null) {
    const body = `${style.indent}if (${page.unless}) query${steps.join('')}${style.end}`
    return { ...inLine, text: ['.modify((query) => {', body, '})'].map((line) => onLines + line).join('') }
  }
  const isShort = separatorBefore(last) === '' && lineLength(query.value) + inLine.text.length <= 110
  return isShort ? inLine : { ...inLine, text: steps.map((step) => onLines + step).join('') }
}

/** The primary key by which pages are ordered, qualified where the query joins tables. */
function keyColumn(chain: Chain, links: readonly Link[]): string {
  if (!links.some(({ name }) => /join/i.test(name))) return 'id'
  const argument = sourceCall(chain)?.getArguments()[0]
  const name = Node.isStringLiteral(argument)
    ? (argument
        .getLiteralValue()
        .split(/\s+(?:as\s+)?/i)
        .at(-1) ?? '')
    : ''
  return name === '' ? 'id' : `${name}.id`
}
