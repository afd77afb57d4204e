import express from 'express'
import sqlite3 from 'sqlite3'

const db = new sqlite3.Database(':memory:')

export const app = express()

app.get('/posts', (_req, res) => {
  // Newest first
  db.all('SELECT * FROM posts ORDER BY created_at DESC', [], (error, rows) => {
    if (error) {
      res.status(500).json({ error: 'Failed to fetch posts' })
      return
    }
    res.json(rows)
  })
})

export async function prepare(): Promise<void> {}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  db.close()
}
