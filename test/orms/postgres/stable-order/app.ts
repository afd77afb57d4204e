import express from 'express'
import { sql } from './database.ts'

export const app = express()

app.get('/posts', async (req, res) => {
  const page = Math.max(Number(req.query.page) || 1, 1)
  const posts = await sql`SELECT * FROM posts LIMIT ${10} OFFSET ${(page - 1) * 10}`
  res.json(posts)
})

export { close, prepare, queryCount } from './database.ts'
