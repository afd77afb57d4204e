import { eq } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { users } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

app.get('/posts', async (_req, res) => {
  const rows = await db.query.posts.findMany({ orderBy: (post) => [post.id], limit: 30 })
  const result = []
  for (const row of rows) {
    const author = await db.query.users.findFirst({ where: eq(users.id, row.authorId) })
    result.push({ id: row.id, title: row.title, author: author?.name })
  }
  res.json(result)
})
