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
}

app.get('/users/:id/stats', (req, res) => {
  const posts = db
    .prepare('SELECT * FROM posts WHERE authorId = ? AND published = 1 ORDER BY id DESC')
    .all(req.params.id) as unknown as Post[]
  res.json({ posts: posts.length, hasPosts: posts.length > 0 })
})

export async function prepare(): Promise<void> {
  db.exec('CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, authorId INTEGER, published INTEGER)')
  db.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)')
  const insert = db.prepare('INSERT INTO posts (title, authorId, published) VALUES (?, ?, ?)')
  for (let n = 1; n <= 60; n++) insert.run(`Post ${n}`, (n % 7) + 1, n % 3 === 0 ? 0 : 1)
  for (let n = 1; n <= 9; n++) db.prepare('INSERT INTO users (name) VALUES (?)').run(`User ${n}`)
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  db.close()
}
