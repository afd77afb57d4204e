import express from 'express'
import { db } from './database.ts'

export const app = express()

app.get('/stats', async (_req, res) => {
  const posts = await db.selectFrom('posts').selectAll().where('published', '=', 1).execute()
  res.json({ published: posts.length })
})

export { close, prepare, queryCount } from './database.ts'
