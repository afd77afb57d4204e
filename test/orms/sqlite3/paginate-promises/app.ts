import express from 'express'
import { open } from 'sqlite'
import sqlite3 from 'sqlite3'

const db = await open({ filename: ':memory:', driver: sqlite3.Database })

export const app = express()

app.get('/posts', async (req, res) => {
  try {
    const posts = await db.all('SELECT * FROM posts WHERE author_id = ? ORDER BY id DESC', [req.query.author])
    res.json(posts)
  } catch (error) {
    console.error('Error fetching posts:', error)
    res.status(500).json({ error: 'Failed to fetch posts' })
  }
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
