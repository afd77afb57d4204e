import express from 'express'
import Database from 'better-sqlite3'

const db = new Database(':memory:', { verbose: () => queries++ })

let queries = 0

const getPosts = () => {
  queries++
  return db.prepare('SELECT * FROM posts ORDER BY id DESC').all()
}

export const app = express()

app.get('/posts', (_req, res) => {
  res.json(getPosts())
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
