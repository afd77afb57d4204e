import express from 'express'
import { pool } from './database.ts'

export const app = express()

// All posts, newest first
app.get('/posts', async (_req, res) => {
  const { rows } = await pool.query('SELECT * FROM posts ORDER BY id DESC')
  res.json(rows)
})

export { close, prepare, queryCount } from './database.ts'
