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

interface Post {
  id: number
  title: string
  author_id: number
}

app.get('/users', (_req, res) => {
  const users = db.prepare('SELECT * FROM users ORDER BY id').all() as unknown as User[]
  res.json(
    users.map((user) => {
      const posts = db.prepare('SELECT * FROM posts WHERE author_id = ? ORDER BY id').all(user.id) as unknown as Post[]
      return { name: user.name, titles: posts.map((post) => post.title) }
    }),
  )
})

export async function prepare(): Promise<void> {
  db.exec('CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, author_id INTEGER)')
  db.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)')
  const insert = db.prepare('INSERT INTO posts (title, author_id) VALUES (?, ?)')
  for (let n = 1; n <= 60; n++) insert.run(`Post ${n}`, (n % 12) + 1)
  for (let n = 1; n <= 9; n++) db.prepare('INSERT INTO users (name) VALUES (?)').run(`User ${n}`)
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  db.close()
}
