import express from 'express'
import { pool } from './database.ts'

export const app = express()

app.get('/titles', async (_req, res) => {
  const { rows } = await pool.query('SELECT * FROM posts WHERE published = $1 ORDER BY id LIMIT 30', [true])
  res.json(rows.map((row) => row.title))
})

export { close, prepare, queryCount } from './database.ts'
