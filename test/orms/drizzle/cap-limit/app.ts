import { asc } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

app.get('/posts', async (req, res) => {
  const limit = Number(req.query.limit) || 20
  const rows = await db.select().from(posts).orderBy(asc(posts.id)).limit(limit)
  res.json(rows)
})
