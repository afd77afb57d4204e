import express from 'express'
import mysql from 'mysql2'

const pool = mysql.createPool({ uri: process.env['DATABASE_URL'] ?? '' })

export const app = express()

app.get('/posts', (_req, res) => {
  pool.query('SELECT * FROM posts ORDER BY created_at DESC', (error, rows) => {
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
  pool.end()
}
