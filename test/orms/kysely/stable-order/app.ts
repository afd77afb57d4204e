import express from 'express'
import { db } from './database.ts'

export const app = express()

app.get('/posts', async (req, res) => {
  const page = Math.max(Number(req.query.page) || 0, 0)
  const posts = await db.selectFrom('posts').selectAll().limit(10).offset(page * 10).execute()
  res.json(posts)
})

export { close, prepare, queryCount } from './database.ts'
