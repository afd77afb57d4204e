import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Facts } from '../../src/analysis/facts.ts'
import { TypeScriptFrontEnd } from '../../src/analysis/typescript/front-end.ts'

const schema = `import { defineRelations, relations } from 'drizzle-orm'
import { index, int, mysqlTable, mysqlTableCreator, primaryKey, text, timestamp, unique } from 'drizzle-orm/mysql-core'
const timestamps = { createdAt: timestamp('created_at') }
const createTable = mysqlTableCreator((name) => 'app_' + name)
export const users = mysqlTable('users', { id: int('id').primaryKey(), ...timestamps })
export const posts = createTable('posts', {
  id: int('id').primaryKey(),
  authorId: int('author_id').references(() => users.id),
  slug: text('slug'),
}, (t) => ({
  path: unique('path').on(t.authorId, t.slug),
  bySlug: index('by_slug').on(t.slug),
}))
export const likes = mysqlTable('likes', (t) => ({ userId: t.int(), postId: t.int() }), (t) => [
  primaryKey({ columns: [t.userId, t.postId] }),
])
export const userRelations = relations(users, ({ many }) => ({ posts: many(posts) }))
export const newer = defineRelations({ posts, users }, (r) => ({
  posts: { author: r.one.users({ from: r.posts.authorId, to: r.users.id }) },
}))
`

function read(handler: string): { facts: Facts; front: TypeScriptFrontEnd } {
  const app = `import express from 'express'
import { and, asc, desc, eq, gte, isNull, or } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/mysql2'
import { posts, users } from './schema'
const db = drizzle(process.env.DATABASE_URL)
const app = express()
app.get('/', async (req, res) => {
${handler}
})
`
  const front = new TypeScriptFrontEnd()
  const texts = new Map(Object.entries({ 'app.ts': app, 'schema.ts': schema }))
  return { facts: front.read({ texts, problems: [] }).facts, front }
}

test('tables are read with their keys, indexes and relations', () => {
  const tables = new Map(read('').facts.tables.map((table) => [table.name, table]))
  assert.deepEqual([...tables.keys()].toSorted(), ['likes', 'posts', 'users'])
  assert.deepEqual(
    tables.get('users')?.columns.map(({ name }) => name),
    ['id', 'createdAt'],
  )
  assert.deepEqual(tables.get('posts')?.unique, [['id'], ['authorId', 'slug']])
  assert.deepEqual(tables.get('posts')?.indexes, [['slug']])
  assert.deepEqual(tables.get('likes')?.primaryKey, ['userId', 'postId'])
  assert.equal(tables.get('posts')?.indexesForeignKeys, true)
  const foreign = tables.get('posts')?.columns.filter(({ foreignKey }) => foreignKey)
  assert.deepEqual(
    foreign?.map(({ name, span }) => [name, span.file, span.line]),
    [['authorId', 'schema.ts', 8]],
  )
  const [author] = tables.get('posts')?.relations ?? []
  assert.deepEqual(
    [author?.name, author?.target, author?.many, author?.columns],
    ['author', 'users', false, ['authorId']],
  )
  assert.equal(tables.get('users')?.relations[0]?.many, true)
})

test('conditions are read out of variables, lists and callbacks', () => {
  const { facts } = read(`const conditions = [eq(posts.authorId, 1), isNull(posts.slug)]
if (req.query.from) conditions.push(gte(posts.id, Number(req.query.from)))
await db.select().from(posts).where(and(...conditions))
await db.select().from(posts).where(req.query.all ? undefined : eq(posts.id, 1))
await db.select().from(posts).innerJoin(users, eq(users.id, posts.authorId)).where(eq(users.id, 1))
await db.query.posts.findMany({ where({ slug }, { eq }) { return eq(slug, 'a') } })`)
  const filters = facts.queries.map((query) =>
    query.filters.map(({ column, match }) => `${column} ${match}`).join(),
  )
  assert.deepEqual(filters, [
    'authorId equals,slug other,id other',
    'id other',
    'users.id equals',
    'slug equals',
  ])
  assert.deepEqual(
    facts.queries.map(({ bound }) => bound),
    [null, null, null, null],
  )
})

test('an order that only some requests get is none', () => {
  const { facts, front } = read(`let query = db.select().from(posts).$dynamic()
if (req.query.sort) query = query.orderBy(asc(posts.slug))
res.json(await query)
res.json(await db.select().from(posts).orderBy(desc(posts.slug), posts.id))`)
  assert.deepEqual(
    facts.queries.map(({ order }) => order),
    [[], ['slug', 'id']],
  )
  const queries = [facts.queries[0]?.id ?? '']
  const page = { defaultLimit: 20, maximumLimit: 100 }
  assert.equal(front.carryOut({ kind: 'paginate', queries, page, by: 'offset' }), null)
})

test('parts of other queries are no queries', () => {
  const { facts } = read(`const recent = db.select().from(posts).as('recent')
const authors = db.select({ id: posts.authorId }).from(posts)
await db.select().from(recent)
await db.select().from(users).where(inArray(users.id, authors)).limit(5)`)
  assert.deepEqual(
    facts.queries.map(({ bound }) => bound),
    [null, 'limit'],
  )
})

test('one row, several rows and rows of a helper are told apart', () => {
  const { facts } = read(`await db.insert(posts).values({ id: 1 })
await db.insert(posts).values(req.body.rows.map((id) => ({ id })))
await db.transaction(async (tx) => { await tx.delete(posts).where(inArray(posts.id, req.body.ids)) })`)
  assert.deepEqual(
    facts.queries.map(({ bulk, inTransaction }) => [bulk, inTransaction]),
    [
      [false, false],
      [true, false],
      [true, true],
    ],
  )
})

test('columns are selected', () => {
  const { facts, front } = read(`const rows = await db.select().from(posts).limit(5)
res.json(rows.map((row) => row.slug))`)
  const edits = front.carryOut({ kind: 'select-columns', query: facts.queries[0]?.id ?? '' })
  assert.deepEqual(
    edits?.map(({ text }) => text),
    ['{ slug: posts.slug }'],
  )
})
