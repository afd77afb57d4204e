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

interface User {
  id: number
  name: string
}

app.get('/users', (_req, res) => {
  const users = db.prepare('SELECT * FROM users ORDER BY id LIMIT 50').all() as unknown as User[]
  const result = users.map((user) => {
    // Drafts don't count
    const row = db
      .prepare('SELECT COUNT(*) AS total FROM posts WHERE authorId = ? AND published = 1')
      .get(user.id) as { total: number }
    return { ...user, posts: row.total }
  })
  res.json(result)
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
