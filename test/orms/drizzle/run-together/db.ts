import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import * as schema from './schema'

const sqlite = new Database(':memory:')
let queries = 0

export const db = drizzle(sqlite, { schema, logger: { logQuery: () => void queries++ } })

export async function prepare(): Promise<void> {
  sqlite.exec(`
    CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, bio TEXT);
    CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, body TEXT NOT NULL, views INTEGER NOT NULL DEFAULT 0, author_id INTEGER NOT NULL REFERENCES users(id));
  `)
  const users = Array.from({ length: 8 }, (_, n) => ({ name: `User ${n}`, email: `user${n}@example.com` }))
  await db.insert(schema.users).values(users)
  await db.insert(schema.posts).values(
    Array.from({ length: 120 }, (_, n) => ({
      title: `Post ${n}`,
      body: 'Text',
      views: n % 5,
      authorId: (n % 8) + 1,
    })),
  )
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  sqlite.close()
}
