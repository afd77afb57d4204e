import express from 'express'
import { Post } from './models.ts'

export const app = express()

app.get('/titles', async (_req, res) => {
  const posts = await Post.find({ published: true }).sort({ _id: -1 }).limit(20)
  res.json(posts.map((post) => post.title))
})

export { close, prepare, queryCount } from './models.ts'
