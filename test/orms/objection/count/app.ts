import express from 'express'
import { Post } from './models.ts'

export const app = express()

app.get('/stats', async (_req, res) => {
  const posts = await Post.query().where('published', true)
  res.json({ published: posts.length })
})

export { close, prepare, queryCount } from './models.ts'
