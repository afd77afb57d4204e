import express from 'express'
import { db } from './db'

export { close, prepare, queryCount } from './db'

export const app = express()

app.get('/posts', async (req, res) => {
  const rows = await db.query.posts.findMany({
    with: { author: { columns: { id: true, name: true } } },
    orderBy: (post, { desc }) => [desc(post.id)],
  })
  res.json(rows)
})
