import express from 'express'
import { DatabaseSync } from 'node:sqlite'

const db = new DatabaseSync(':memory:')

let queries = 0
const prepareStatement = db.prepare.bind(db)
db.prepare = (text: string) => {
  queries++
  return prepareStatement(text)
}

export const app = express()

interface Post {
  id: number
  title: string
  author_id: number
}

app.get('/titles', (_req, res) => {
  const posts = db.prepare('SELECT * FROM posts ORDER BY id LIMIT 30').all() as unknown as Post[]
  res.json(posts.map((post) => post.title))
})

export async function prepare(): Promise<void> {
  db.exec('CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, author_id INTEGER, body TEXT)')
  const insert = db.prepare('INSERT INTO posts (title, author_id) VALUES (?, ?)')
  for (let n = 1; n <= 60; n++) insert.run(`Post ${n}`, (n % 2) + 1)
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  db.close()
}
