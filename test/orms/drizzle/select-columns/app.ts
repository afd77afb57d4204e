import { gte } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

app.get('/titles', async (_req, res) => {
  const rows = await db.select().from(posts).where(gte(posts.views, 1)).limit(30)
  res.json(rows.map((row) => row.title))
})
