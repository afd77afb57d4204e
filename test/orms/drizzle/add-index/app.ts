import { eq } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

app.get('/users/:id/posts', async (req, res) => {
  const rows = await db
    .select()
    .from(posts)
    .where(eq(posts.authorId, Number(req.params.id)))
    .orderBy(posts.id)
    .limit(10)
  res.json(rows)
})
