import { gte } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts, users } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

app.get('/summary', async (_req, res) => {
  const popular = await db.select().from(posts).where(gte(posts.views, 3)).limit(5)
  const people = await db.select().from(users).limit(5)
  res.json({ popular, people })
})
