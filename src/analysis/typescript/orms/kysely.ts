import { Node, type CallExpression } from 'ts-morph'
import { isClass } from '../functions.ts'
import { incrementKysely } from './reading/increments.ts'
import type { Resolver } from '../resolver.ts'
import { chainFrom, completed, type Chain, type Link } from './reading/builder-chain.ts'
import { ofOneRow } from './reading/first-row.ts'
import { boundOf, columnsOf, filtersOf, isBulk, operationOf, orderOf, tableIn } from './kysely/chain.ts'
import { countsIn } from './kysely/counts.ts'
import * as fixes from './kysely/fixes.ts'
import { kyselyTables } from './kysely/schema.ts'
import { isList } from './reading/limits.ts'
import { plainQuery, type Orm, type Query } from './orm.ts'
import { sqlQuery, sqlRunOf } from './sql/call.ts'
import { ValueReader } from './reading/value-reader.ts'

/** A database, a transaction, or a value of their types. */
const instance =
  /^(?:new "kysely"\.Kysely|<"kysely"\.(?:Kysely|Transaction|ControlledTransaction)>)(?:\.(?:transaction|startTransaction|connection|setIsolationLevel|setAccessMode|withSchema|withPlugin|withTables|withoutPlugins|savepoint)\(\)|\.execute\((?:@0)?\))*$/
const starting = new Set([
  'selectFrom',
  'insertInto',
  'replaceInto',
  'updateTable',
  'deleteFrom',
  'mergeInto',
])

/** The Kysely query builder: `db.selectFrom('posts').selectAll().execute()`, and its raw `sql`. */
export const kysely: Orm = {
  id: 'kysely',
  examples: [
    {
      setup: `import { Kysely, sql, type Transaction } from 'kysely'
const db = new Kysely<Database>({ dialect })
class Posts {
  constructor(private readonly db: Kysely<Database>) {}
  list(trx: Transaction<Database>) { return trx.selectFrom('posts').selectAll().execute() }
}
const posts = new Posts(db)`,
      code: `await db.selectFrom('posts').selectAll().where('author_id', '=', 1).execute()
await db.selectFrom('posts as p').select(['id', 'title']).where('p.id', '=', 1).executeTakeFirst()
await db.selectFrom('posts').selectAll().orderBy('id', 'desc').limit(10).offset(20).execute()
await db.selectFrom('posts').select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
await db.selectFrom('posts').selectAll().where('id', 'in', [1, 2]).execute()
await db.insertInto('posts').values({ title: 'a' }).returningAll().executeTakeFirstOrThrow()
await db.insertInto('posts').values({ title: 'a' }).onConflict((oc) => oc.column('id').doUpdateSet({ title: 'a' })).execute()
await db.updateTable('posts').set({ title: 'a' }).where('id', '=', 1).execute()
await db.deleteFrom('posts').where('id', '=', 1).execute()
await db.transaction().execute(async (trx) => { await trx.insertInto('tags').values([{ name: 'a' }]).execute() })
let query = db.selectFrom('users').selectAll()
if (req.query.name) query = query.where('name', 'like', req.query.name)
if (req.query.limit) query = query.limit(Number(req.query.limit))
res.json(await query.execute())
await posts.list(db)
await sql\`select * from posts where author_id = \${1}\`.execute(db)`,
      queries: [
        { table: 'posts', operation: 'many', bound: null },
        { table: 'posts', operation: 'one', bound: 'unique-key' },
        { table: 'posts', operation: 'many', bound: 'limit' },
        { table: 'posts', operation: 'count', bound: null },
        { table: 'posts', operation: 'many', bound: 'key-list' },
        { table: 'posts', operation: 'insert', bound: null },
        { table: 'posts', operation: 'upsert', bound: null },
        { table: 'posts', operation: 'update', bound: null },
        { table: 'posts', operation: 'delete', bound: null },
        { table: 'tags', operation: 'insert', bound: null },
        { table: 'users', operation: 'many', bound: 'optional-limit' },
        { table: 'posts', operation: 'many', bound: null },
        { table: 'posts', operation: 'many', bound: null },
      ],
    },
  ],
  recognise(call, resolver, callers) {
    const chain = kyselyChain(call, resolver)
    if (!chain) return rawQuery(call, resolver)
    const { links, value } = completed(call, chain, resolver, callers)
    const reader = new ValueReader(resolver, callers)
    const operation = operationOf(links)
    const isRead = operation === 'many' || operation === 'one'
    const query: Query = {
      ...plainQuery,
      table: tableIn(links),
      operation,
      bulk: isBulk(links, (node) => isList(node, resolver)),
      bound: isRead ? boundOf(links, call, { reader, resolver, nanIsNone: false }) : null,
      filters: filtersOf(links),
      order: orderOf(links),
      limit: links.findLast(({ name }) => name === 'limit')?.args[0] ?? null,
      skips: links.some(({ name }) => name === 'offset'),
      columns: isRead ? columnsOf(links) : null,
      inTransaction: /ransaction/.test(resolver.origin(chain.start) ?? ''),
      value,
      ...(reader.dependsOnCaller && { dependsOnCaller: true }),
    }
    return ofOneRow(query, call, 'value')
  },
  tables: kyselyTables,
  paginate(call, query, page, resolver, primaryKey) {
    const links = builderLinks(call, resolver)
    return links && fixes.pageEdits(query, page, links, primaryKey ?? 'id')
  },
  paginateByKey(call, query, page, resolver, primaryKey) {
    const links = builderLinks(call, resolver)
    return links && fixes.keyPageEdits(query, page, links, primaryKey)
  },
  appendOrder(call, query, primaryKey, resolver) {
    const links = builderLinks(call, resolver)
    return links && fixes.orderEdits(query, links, primaryKey)
  },
  selectColumns(call, query, columns, resolver) {
    const links = builderLinks(call, resolver)
    return links && fixes.columnEdits(query, columns, links)
  },
  count(call, query, resolver) {
    const links = builderLinks(call, resolver)
    return links && fixes.countText(call, query, links)
  },
  singleWrite(call, _query, resolver) {
    const chain = wholeChain(call, resolver)
    return chain && fixes.singleInsert(call, chain.links)
  },
  increment: incrementKysely,
  lookup(call, isKey, resolver) {
    const chain = wholeChain(call, resolver)
    return chain && fixes.lookup(call, chain.links, isKey)
  },
  children(call, isKey, resolver) {
    const chain = wholeChain(call, resolver)
    return chain && fixes.children(call, chain.links, isKey)
  },
  countsByKey(call, isKey, resolver) {
    const chain = wholeChain(call, resolver)
    return chain && countsIn(call, chain, isKey, resolver)
  },
}

/** The chain of a query, or null where a call isn't the end of one. */
function kyselyChain(call: CallExpression, resolver: Resolver): Chain | null {
  const chain = chainFrom(call, (node) => isAsked(node) && isInstance(node, resolver))
  if (!chain) return null
  const start = chain.links.findIndex(({ name }) => starting.has(name))
  const isStart = start !== -1 && chain.links.slice(0, start).every(({ name }) => name.startsWith('with'))
  return isStart ? chain : null
}

/** Whether the first step of a query is called on a node. */
function isAsked(node: Node): boolean {
  const access = node.getParent()
  if (!Node.isPropertyAccessExpression(access) || access.getExpression() !== node) return false
  return starting.has(access.getName()) || access.getName().startsWith('with')
}

function isInstance(node: Node, resolver: Resolver): boolean {
  if (instance.test(resolver.origin(node) ?? '')) return true
  const owner = Node.isCallExpression(node) ? undefined : (resolver.classOf(node) ?? undefined)
  const base = isClass(owner) ? owner.getExtends()?.getExpression() : undefined
  return base !== undefined && resolver.origin(base) === '"kysely".Kysely'
}

function builderLinks(call: CallExpression, resolver: Resolver): readonly Link[] | null {
  const chain = kyselyChain(call, resolver)
  return chain && completed(call, chain, resolver, []).links
}

/** A query to which nothing is added elsewhere. */
function wholeChain(call: CallExpression, resolver: Resolver): Chain | null {
  const chain = kyselyChain(call, resolver)
  return chain && completed(call, chain, resolver, []).value === call ? chain : null
}

/** sql`select …`.execute(db) */
function rawQuery(call: CallExpression, resolver: Resolver): Query | null {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee) || callee.getName() !== 'execute') return null
  const text = resolver.definition(callee.getExpression())
  if (!Node.isTaggedTemplateExpression(text) || resolver.origin(text.getTag()) !== '"kysely".sql') return null
  const run = sqlRunOf({ text, values: null, valuesIndex: null }, resolver)
  const query = run && sqlQuery(run, call, resolver)
  return query && ofOneRow(query, call, 'rows')
}
