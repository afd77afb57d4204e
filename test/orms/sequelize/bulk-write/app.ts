import express from 'express'
import { Post } from './models'

export const app = express()
app.use(express.json())

app.post('/posts', async (req, res) => {
  const titles: string[] = req.body.titles
  for (const title of titles) {
    await Post.create({ title, authorId: 1 })
  }
  res.json({ created: titles.length })
})

app.get('/count', async (_req, res) => {
  res.json({ posts: await Post.count() })
})

export { close, prepare, queryCount } from './models'
