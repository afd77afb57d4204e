import express from 'express'
import { pool } from './database.ts'

export const app = express()

app.get('/posts', async (req, res) => {
  const page = Math.max(Number(req.query.page) || 1, 1)
  const { rows } = await pool.query('SELECT * FROM posts LIMIT $1 OFFSET $2', [10, (page - 1) * 10])
  res.json(rows)
})

export { close, prepare, queryCount } from './database.ts'
