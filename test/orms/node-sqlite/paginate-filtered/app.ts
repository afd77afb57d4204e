import express from 'express'
import { DatabaseSync } from 'node:sqlite'

const db = new DatabaseSync(':memory:')

let queries = 0

export const app = express()

app.get('/authors/:id/posts', (req, res) => {
  queries++
  const posts = db
    .prepare(
      `
      SELECT *
      FROM posts
      WHERE author_id = ?
      ORDER BY id -- oldest first
    `,
    )
    .all(Number(req.params.id))
  res.json(posts)
})

export async function prepare(): Promise<void> {
  db.exec('CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, author_id INTEGER)')
  const insert = db.prepare('INSERT INTO posts (title, author_id) VALUES (?, ?)')
  for (let n = 1; n <= 60; n++) insert.run(`Post ${n}`, (n % 2) + 1)
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  db.close()
}
