import express from 'express'
import sqlite3 from 'sqlite3'

const db = new sqlite3.Database(':memory:')

export const app = express()

app.get('/posts', (req, res) => {
  const page = Math.max(Number(req.query.page) || 1, 1)
  const sql = 'SELECT * FROM posts ORDER BY rating DESC LIMIT ? OFFSET ?'
  db.all(sql, [10, (page - 1) * 10], (error, rows) => {
    if (error) return res.status(500).json({ error: error.message })
    return res.json(rows)
  })
})

export async function prepare(): Promise<void> {
  db.run(
    'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, body TEXT, rating INTEGER, author_id INTEGER)',
  )
}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  db.close()
}
