import { sqliteAdapter } from './sqlite.ts'

/** The `sqlite3` driver with callbacks, and `sqlite`, which wraps it in promises: `db.all(text, values)`. */
export const sqlite3 = sqliteAdapter({
  id: 'sqlite3',
  database:
    /^(?:new "sqlite3"(?:\.default)?\.(?:Database|cached\.Database)|new "sqlite3"\.verbose\(\)\.Database|<"sqlite3"\.Database>|"sqlite"\.open\(\)|<"sqlite"\.Database>)$/,
  statement: /^<"(?:sqlite3|sqlite)"\.Statement>$/,
  runsText: true,
  isSynchronous: false,
  examples: [
    {
      setup: `const sqlite3 = require('sqlite3').verbose()
const db = new sqlite3.Database('app.db')`,
      code: `db.all('SELECT * FROM posts', [], (err, rows) => { res.json(rows) })
db.get('SELECT * FROM posts WHERE title = ?', ['a'], (err, row) => { res.json(row) })
db.run('INSERT INTO posts (title) VALUES (?)', ['a'], function (err) { res.json({}) })`,
      queries: [
        { table: 'posts', operation: 'many', bound: null },
        { table: 'posts', operation: 'one', bound: null },
        { table: 'posts', operation: 'insert', bound: null },
      ],
    },
    {
      setup: `import { open } from 'sqlite'
import sqlite3 from 'sqlite3'
const opening = open({ filename: 'app.db', driver: sqlite3.Database })`,
      code: `const db = await opening
res.json(await db.all('SELECT * FROM posts WHERE author_id = ?', 1))`,
      queries: [{ table: 'posts', operation: 'many', bound: null }],
    },
  ],
})
