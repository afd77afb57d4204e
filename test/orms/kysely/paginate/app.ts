import express from 'express'
import { db } from './database.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await db.selectFrom('posts').selectAll().orderBy('id', 'desc').execute()
  res.json(posts)
})

export { close, prepare, queryCount } from './database.ts'
