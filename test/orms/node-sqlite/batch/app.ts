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

app.get('/posts', (_req, res) => {
  const posts = db.prepare('SELECT * FROM posts ORDER BY id LIMIT 50').all() as unknown as Post[]
  const result = []
  for (const post of posts) {
    // The author may have been deleted
    const author = db.prepare('SELECT * FROM users WHERE id = ?').get(post.author_id) as unknown as User | undefined
    result.push({ ...post, author: author?.name ?? null })
  }
  res.json(result)
})

app.get('/posts/mapped', (_req, res) => {
  const posts = db.prepare('SELECT * FROM posts ORDER BY id LIMIT 30').all() as unknown as Post[]
  res.json(posts.map((post) => post.author_id))
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
