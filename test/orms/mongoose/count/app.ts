import express from 'express'
import { Post } from './models.ts'

export const app = express()

app.get('/stats', async (_req, res) => {
  const posts = await Post.find({ published: true }).sort('title').lean()
  res.json({ published: posts.length })
})

export { close, prepare, queryCount } from './models.ts'
