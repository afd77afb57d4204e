import express from 'express'
import { open } from 'sqlite'
import sqlite3 from 'sqlite3'

const db = await open({ filename: ':memory:', driver: sqlite3.Database })

export const app = express()

interface Post {
  id: number
  title: string
}

app.get('/titles', async (_req, res) => {
  const posts = await db.all<Post[]>('SELECT * FROM posts WHERE published = ? ORDER BY id LIMIT 30', 1)
  res.json(posts.map((post) => post.title))
})

export async function prepare(): Promise<void> {
  await db.exec(
    'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, body TEXT, published INTEGER, author_id INTEGER)',
  )
}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  await db.close()
}
