import type { OrmExample } from '../orm.ts'

const schema = `import { relations } from 'drizzle-orm'
import { pgTable, integer, serial, text, uniqueIndex } from 'drizzle-orm/pg-core'
export const users = pgTable('users', { id: serial('id').primaryKey(), handle: text('handle').unique() })
export const posts = pgTable('posts', {
  id: serial('id').primaryKey(),
  path: text('path'),
  authorId: integer('author_id').references(() => users.id),
}, (table) => [uniqueIndex('posts_path').on(table.path)])
export const postRelations = relations(posts, ({ one }) => ({
  author: one(users, { fields: [posts.authorId], references: [users.id] }),
}))`

/** Code in which Drizzle's queries must be recognised. */
export const drizzleExamples: readonly OrmExample[] = [
  {
    setup: `import { and, count, eq, ilike, inArray, or, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import * as schema from './schema'
import { posts, users } from './schema'
const db = drizzle(process.env.DATABASE_URL, { schema })`,
    others: { 'schema.ts': schema },
    code: `await db.select().from(posts)
await db.select().from(posts).leftJoin(users, eq(posts.authorId, users.id)).where(eq(schema.posts.authorId, 1)).limit(10)
await db.select().from(posts).where(eq(posts.path, '/'))
await db.select().from(posts).where(or(eq(posts.id, 1), ilike(posts.path, '%a')))
await db.select().from(posts).where(and(inArray(posts.id, [1, 2]), eq(posts.authorId, 1)))
const [user] = await db.select().from(users).where(eq(users.handle, 'a'))
const rows = await db.select().from(posts).where(eq(posts.authorId, 1))
if (rows.length === 0 || !rows[0]) return
const first = await db.select().from(posts).then((found) => found[0] ?? null)
const [{ total }] = await db.select({ total: count() }).from(posts)
await db.select({ authorId: posts.authorId, total: sql<number>\`count(*)\` }).from(posts).groupBy(posts.authorId)
await db.$count(posts, eq(posts.authorId, 1))
await db.select().from(posts).limit(Number(req.query.limit))
let query = db.select().from(posts).$dynamic()
if (req.query.limit) query = query.limit(Number(req.query.limit))
const listed = await query
await db.query.posts.findMany({ with: { author: true }, limit: 5 })
await db.query.posts.findMany({ where: (post, { eq }) => eq(post.authorId, 1) })
await db.query.posts.findFirst({ where: eq(posts.id, 1) })
await db.insert(posts).values({ path: '/' }).returning()
await db.insert(posts).values([{ path: '/' }, { path: '/a' }]).onConflictDoUpdate({ target: posts.path, set: {} })
await db.update(posts).set({ path: '/' }).where(eq(posts.id, 1))
await db.execute(sql\`select * from posts where author_id = \${1} limit 5\`)
await db.transaction(async (tx) => { await tx.delete(posts).where(eq(posts.id, 1)) })
new Map().delete('a')`,
    queries: [
      { table: 'posts', operation: 'many', bound: null },
      { table: 'posts', operation: 'many', bound: 'limit' },
      { table: 'posts', operation: 'many', bound: 'unique-key' },
      { table: 'posts', operation: 'many', bound: null },
      { table: 'posts', operation: 'many', bound: 'key-list' },
      { table: 'users', operation: 'one', bound: 'unique-key' },
      { table: 'posts', operation: 'one', bound: null },
      { table: 'posts', operation: 'one', bound: null },
      { table: 'posts', operation: 'count', bound: null },
      { table: 'posts', operation: 'aggregate', bound: null },
      { table: 'posts', operation: 'count', bound: null },
      { table: 'posts', operation: 'many', bound: 'optional-limit' },
      { table: 'posts', operation: 'many', bound: 'optional-limit' },
      { table: 'posts', operation: 'many', bound: 'limit' },
      { table: 'posts', operation: 'many', bound: null },
      { table: 'posts', operation: 'one', bound: 'limit' },
      { table: 'posts', operation: 'insert', bound: null },
      { table: 'posts', operation: 'upsert', bound: null },
      { table: 'posts', operation: 'update', bound: 'unique-key' },
      { table: 'posts', operation: 'many', bound: 'limit' },
      { table: 'posts', operation: 'delete', bound: 'unique-key' },
    ],
  },
  {
    setup: `import { eq } from 'drizzle-orm'
import { storage, rename } from './storage'`,
    others: {
      'schema.ts': schema,
      'storage.ts': `import { eq } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { drizzle } from 'drizzle-orm/neon-http'
import { posts } from './schema'
function getDb() { return drizzle(process.env.URL) }
const shared = getDb()
type Tx = Parameters<Parameters<typeof shared.transaction>[0]>[0]
class Storage {
  constructor(private db: NodePgDatabase) {}
  all(limit?: number) {
    const query = this.db.select().from(posts)
    return limit ? query.limit(limit) : query
  }
}
export const storage = new Storage(shared)
function inTransaction<T>(work: (tx: any) => Promise<T>) { return shared.transaction(work) }
async function store(tx: Tx, path: string) { await tx.insert(posts).values({ path }) }
export async function rename() {
  await inTransaction(async (tx) => { await tx.update(posts).set({ path: '/' }) })
  await shared.transaction((tx) => store(tx, '/'))
}`,
    },
    code: `await storage.all()
await rename()`,
    queries: [
      { table: 'posts', operation: 'many', bound: null },
      { table: 'posts', operation: 'update', bound: null },
      { table: 'posts', operation: 'insert', bound: null },
    ],
  },
]
