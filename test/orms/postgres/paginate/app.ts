import express from 'express'
import { sql } from './database.ts'

export const app = express()

// All posts, newest first
app.get('/posts', async (_req, res) => {
  const posts = await sql`SELECT * FROM posts ORDER BY id DESC`
  res.json(posts)
})

export { close, prepare, queryCount } from './database.ts'
