import { gte } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

app.get('/stats', async (_req, res) => {
  const popular = await db.select().from(posts).where(gte(posts.views, 3))
  res.json({ popular: popular.length })
})
