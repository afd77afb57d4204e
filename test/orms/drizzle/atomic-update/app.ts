import { eq } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

app.post('/posts/:id/views', async (req, res) => {
  const id = Number(req.params.id)
  const [post] = await db.select().from(posts).where(eq(posts.id, id))
  if (post) await db.update(posts).set({ views: post.views + 1 }).where(eq(posts.id, post.id))
  res.sendStatus(204)
})

app.get('/posts/:id/views', async (req, res) => {
  const [post] = await db.select().from(posts).where(eq(posts.id, Number(req.params.id)))
  res.json({ views: post?.views })
})
