import express from 'express'
import { db } from './database.ts'

export const app = express()

app.get('/titles', async (_req, res) => {
  const posts = await db.selectFrom('posts').selectAll().orderBy('id').limit(30).execute()
  res.json(posts.map((post) => post.title))
})

export { close, prepare, queryCount } from './database.ts'
