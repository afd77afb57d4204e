import Database from 'better-sqlite3'
import { Kysely, SqliteDialect, type Generated } from 'kysely'

export interface Tables {
  users: { id: Generated<number>; name: string }
  posts: { id: Generated<number>; title: string; author_id: number | null; published: number }
  tags: { id: Generated<number>; post_id: number; name: string }
}

let queries = 0
export const db = new Kysely<Tables>({
  dialect: new SqliteDialect({ database: new Database(':memory:') }),
  log: () => void queries++,
})

export async function prepare(): Promise<void> {
  const id = (table: 'users' | 'posts' | 'tags') =>
    db.schema.createTable(table).addColumn('id', 'integer', (column) => column.primaryKey())
  await id('users').addColumn('name', 'text').execute()
  await id('posts')
    .addColumn('title', 'text')
    .addColumn('author_id', 'integer')
    .addColumn('published', 'integer')
    .execute()
  await id('tags').addColumn('post_id', 'integer').addColumn('name', 'text').execute()
  const numbers = Array.from({ length: 60 }, (_, index) => index + 1)
  await db
    .insertInto('users')
    .values(numbers.slice(0, 10).map((n) => ({ name: `User ${n}` })))
    .execute()
  await db
    .insertInto('posts')
    .values(numbers.map((n) => ({ title: `Post ${n}`, author_id: n % 9 === 0 ? null : (n % 12) + 1, published: n % 2 })))
    .execute()
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await db.destroy()
}
