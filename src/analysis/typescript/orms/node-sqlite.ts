import { sqliteAdapter } from './sqlite.ts'

/** Node's own SQLite: `db.prepare(text).all(…values)`. */
export const nodeSqlite = sqliteAdapter({
  id: 'node-sqlite',
  database: /^(?:new |<)"(?:node:)?sqlite"\.DatabaseSync>?$/,
  statement: /^<"(?:node:)?sqlite"\.StatementSync>$/,
  runsText: false,
  isSynchronous: true,
  examples: [
    {
      setup: `import { DatabaseSync } from 'node:sqlite'
const db = new DatabaseSync(':memory:')
const find = (db: DatabaseSync, sql: string, ...values: string[]) => db.prepare(sql).all(...values)`,
      code: `res.json(db.prepare('SELECT * FROM posts WHERE author_id = ?').all(1))
res.json(find(db, 'SELECT * FROM users'))
db.prepare('DELETE FROM posts WHERE id = :id').run({ id: 1 })`,
      queries: [
        { table: 'posts', operation: 'many', bound: null },
        { table: 'users', operation: 'many', bound: null },
        { table: 'posts', operation: 'delete', bound: null },
      ],
    },
  ],
})
