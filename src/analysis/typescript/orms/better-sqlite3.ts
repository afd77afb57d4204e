import { sqliteAdapter } from './sqlite.ts'

const database =
  /^(?:(?:new )?"(?:better-sqlite3|better-sqlite3-multiple-ciphers|bun:sqlite)"(?:\.default|\.Database)?(?:\(\))?|<"(?:better-sqlite3|bun:sqlite)"(?:\.Database)?>)$/

/** The `better-sqlite3` library: `db.prepare(text).all(…values)`. */
export const betterSqlite3 = sqliteAdapter({
  id: 'better-sqlite3',
  database,
  statement: /^<"(?:better-sqlite3|bun:sqlite)"\.Statement>$/,
  runsText: false,
  isSynchronous: true,
  examples: [
    {
      setup: `import Database from 'better-sqlite3'
const db = new Database('app.db')
const getAll = db.prepare('SELECT * FROM posts')
const statements = { byId: db.prepare('SELECT * FROM users WHERE id = ?') }
class Posts {
  private readonly some: Database.Statement
  constructor(private readonly db: Database.Database) { this.some = db.prepare('SELECT * FROM posts LIMIT ?') }
  list(limit: number) { return this.some.all(limit) }
}
const posts = new Posts(db)
const insertAll = db.transaction((rows) => {
  for (const row of rows) db.prepare('INSERT INTO posts (title) VALUES (?)').run(row.title)
})`,
      code: `getAll.all()
statements.byId.get(req.params.id)
posts.list(10)
insertAll(req.body)
db.prepare('SELECT count(*) FROM posts').pluck().get()
for (const row of db.prepare('SELECT * FROM posts').iterate()) res.write(row.title)
const rows = db.prepare(\`
  SELECT p.*, u.name AS author FROM posts p LEFT JOIN users u ON u.id = p.author_id
\`).all() as Post[]`,
      queries: [
        { table: 'posts', operation: 'many', bound: null },
        { table: 'users', operation: 'one', bound: 'unique-key' },
        { table: 'posts', operation: 'many', bound: 'limit' },
        { table: 'posts', operation: 'insert', bound: null },
        { table: 'posts', operation: 'count', bound: null },
        { table: 'posts', operation: 'many', bound: 'stream' },
        { table: 'posts', operation: 'many', bound: null },
      ],
    },
  ],
})
