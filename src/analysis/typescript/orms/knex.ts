import { Node, type CallExpression } from 'ts-morph'
import { incrementKnex } from './reading/increments.ts'
import { knexTables } from './knex/schema.ts'
import type { Resolver } from '../resolver.ts'
import { styleOf } from '../rewrite/style.ts'
import { chainFrom, completed, type Chain, type Link } from './reading/builder-chain.ts'
import { ofOneRow } from './reading/first-row.ts'
import { boundOf, columnsOf, filtersOf, isBulk, operationOf, orderOf } from './knex/chain.ts'
import { columnEdits, countOf, keyPageEdits, orderEdits, pageEdits, singleInsert } from './knex/fixes.ts'
import { countsIn, givesNumbers, hasRowType } from './knex/counts.ts'
import { childrenIn, lookupIn } from './knex/lookup.ts'
import { isList } from './reading/limits.ts'
import { plainQuery, type Orm, type Query } from './orm.ts'
import { sqlQuery, sqlRunOf } from './sql/call.ts'
import { ValueReader } from './reading/value-reader.ts'

/** What `knex({…})` gives, a value of its types, or a transaction of either. */
const instance =
  /^(?:"knex"(?:\.knex|\.default)?\(\)|<"knex"(?:\.Knex(?:\.Transaction)?)?>)(?:\.withUserParams\(\)|\.transaction\((?:@0)?\)|\.transactionProvider\(\)\(\))*$/

const sources = new Set(['from', 'table', 'into'])
/** What a look-up by key may hold besides its key. */
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
  'orderBy',
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
const [latest] = await db('posts').where({ author_id: 1 }).orderBy('created_at')
await db.raw('select * from posts where id = ?', [req.params.id])
db.schema.createTable('x', () => {})`,
      queries: [
        { table: 'posts', operation: 'many', bound: null },
        { table: 'posts', operation: 'many', bound: 'limit' },
        { table: 'posts', operation: 'one', bound: 'limit' },
        { table: 'posts', operation: 'count', bound: null },
        { table: 'posts', operation: 'insert', bound: null },
        { table: 'posts', operation: 'many', bound: 'key-list' },
        { table: 'posts', operation: 'many', bound: null },
        { table: 'users', operation: 'many', bound: 'unique-key' },
        { table: 'posts', operation: 'one', bound: null },
        { table: 'posts', operation: 'many', bound: 'unique-key' },
      ],
    },
    {
      setup: `const db = require('knex')({ client: 'sqlite3' })
async function list(name, limit) {
  let query = db('users as u').join('posts as p', 'p.author_id', 'u.id')
  if (name) query = query.where('u.name', 'like', name)
  query.limit(10)
  return query
}
async function some(limit) {
  const query = db('posts')
  if (limit) query.limit(limit)
  return query
}`,
      code: `await list('a%')
await some(req.query.limit)`,
      queries: [
        { table: 'users', operation: 'many', bound: 'limit' },
        { table: 'posts', operation: 'many', bound: 'optional-limit' },
      ],
    },
  ],
  recognise(call, resolver, callers) {
    const chain = knexChain(call, resolver)
    if (!chain) return null
    const raw = chain.links[0]
    if (raw?.name === 'raw') return rawQuery(call, raw, resolver)
    const { links, value } = completed(call, chain, resolver, callers)
    const reader = new ValueReader(resolver, callers)
    const query: Query = {
      ...plainQuery,
      table: tableOf(chain),
      operation: operationOf(links, tableOf(chain)),
      bulk: isBulk(links, (node) => isList(node, resolver)),
      bound: boundOf(links, call, { reader, resolver, nanIsNone: true }, tableOf(chain)),
      filters: filtersOf(links),
      order: orderOf(links),
      limit: links.findLast(({ name }) => name === 'limit')?.args[0] ?? null,
      skips: links.some(({ name }) => name === 'offset'),
      columns: columnsOf(links),
      inTransaction: isInTransaction(chain, links, resolver),
      value,
    }
    return ofOneRow(reader.dependsOnCaller ? { ...query, dependsOnCaller: true } : query, call, 'value')
  },
  paginate(call, query, page, resolver) {
    const found = builder(call, resolver)
    return found && pageEdits(query, page, qualified(found, 'id'), found.links)
  },
  paginateByKey(call, query, page, resolver, primaryKey) {
    const found = builder(call, resolver)
    return found && keyPageEdits(query, page, qualified(found, primaryKey), found.links)
  },
  appendOrder(call, query, primaryKey, resolver) {
    const found = builder(call, resolver)
    return found && orderEdits(query, qualified(found, primaryKey), found.links)
  },
  selectColumns(call, query, columns, resolver) {
    const found = builder(call, resolver)
    return found && columnEdits(query, columns, found.links)
  },
  count(call, query, resolver) {
    const found = builder(call, resolver)
    const { quote } = styleOf(call.getSourceFile())
    return (
      found &&
      countOf(
        call,
        query,
        found.links,
        `.count({ count: ${quote('*')} }).first().then((row) => Number(row?.count ?? 0))`,
      )
    )
  },
  singleWrite(call, _query, resolver) {
    const chain = knexChain(call, resolver)
    return chain && singleInsert(call, chain.links)
  },
  tables: (program, resolver) => knexTables(program, resolver, isInstance),
  increment: incrementKnex,
  lookup(call, isKey, resolver) {
    const chain = wholeChain(call, resolver)
    return chain && lookupIn(call, chain.links, isKey)
  },
  children(call, isKey, resolver) {
    const chain = wholeChain(call, resolver)
    return chain && childrenIn(call, chain.links, isKey)
  },
  countsByKey(call, isKey, resolver) {
    const chain = knexChain(call, resolver)
    if (!chain || completed(call, chain, resolver, []).value !== call) return null
    const receiver = Node.isCallExpression(chain.start) ? chain.start.getExpression() : chain.start
    return countsIn(call, chain.links, isKey, {
      isNumber: givesNumbers(receiver, resolver),
      isTyped: hasRowType(sourceCall(chain), tableOf(chain), resolver),
    })
  },
}

/** A builder with what is added to it elsewhere; null for plain SQL. */
function builder(call: CallExpression, resolver: Resolver): Chain | null {
  const chain = knexChain(call, resolver)
  if (!chain || chain.links[0]?.name === 'raw') return null
  return { start: chain.start, links: completed(call, chain, resolver, []).links }
}

/** A chain to which nothing is added elsewhere and that only filters and selects. */
function wholeChain(call: CallExpression, resolver: Resolver): Chain | null {
  const chain = knexChain(call, resolver)
  if (!chain || completed(call, chain, resolver, []).value !== call) return null
  return chain.links.some(({ name }) => !lookupLinks.has(name)) ? null : chain
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

function isInTransaction({ start }: Chain, links: readonly Link[], resolver: Resolver): boolean {
  if (links.some(({ name }) => name === 'transacting')) return true
  const receiver = Node.isCallExpression(start) ? start.getExpression() : start
  return /\.transaction|Transaction>/.test(resolver.origin(receiver) ?? '')
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

function sourceText(chain: Chain): string | null {
  const argument = sourceCall(chain)?.getArguments()[0]
  return Node.isStringLiteral(argument) || Node.isNoSubstitutionTemplateLiteral(argument)
    ? argument.getLiteralValue()
    : null
}

function tableOf(chain: Chain): string | null {
  return sourceText(chain)?.split(/\s+as\s+/i)[0] ?? null
}

function rawQuery(call: CallExpression, raw: Link, resolver: Resolver): Query | null {
  const [text, values] = raw.args
  const run = text && sqlRunOf({ text, values: values ?? null, valuesIndex: 1 }, resolver)
  return run ? sqlQuery(run, call, resolver) : null
}

/** The primary key by which pages are ordered, qualified where the query joins tables. */
function qualified(chain: Chain, column: string): string {
  if (!chain.links.some(({ name }) => /join/i.test(name))) return column
  const name = sourceText(chain)
    ?.split(/\s+(?:as\s+)?/i)
    .at(-1)
  return name === undefined || name === '' ? column : `${name}.${column}`
}
