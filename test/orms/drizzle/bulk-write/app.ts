import express from 'express'
import { db } from './db'
import { posts } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()
app.use(express.json())

app.post('/posts', async (req, res) => {
  const titles: string[] = req.body.titles
  for (const title of titles) {
    await db.insert(posts).values({ title, body: 'Text', authorId: 1 })
  }
  res.json({ created: titles.length })
})

app.get('/count', async (_req, res) => {
  res.json({ posts: await db.$count(posts) })
})
