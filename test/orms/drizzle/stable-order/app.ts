import { desc } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

app.get('/posts', async (req, res) => {
  const page = Math.min(Math.max(Number(req.query.page) || 1, 1), 1000)
  const rows = await db
    .select()
    .from(posts)
    .orderBy(desc(posts.views))
    .limit(10)
    .offset((page - 1) * 10)
  res.json(rows.map((row) => row.views))
})
