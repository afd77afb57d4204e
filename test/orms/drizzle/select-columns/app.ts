import { gte } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

app.get('/titles', async (_req, res) => {
  const rows = await db.select().from(posts).where(gte(posts.views, 3)).orderBy(posts.id).limit(50)
  res.json(rows.map((row) => ({ id: row.id, title: row.title })))
})
