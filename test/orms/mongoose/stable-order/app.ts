import express from 'express'
import { Post } from './models.ts'

export const app = express()

app.get('/posts', async (req, res) => {
  const page = Math.max(Number(req.query.page) || 0, 0)
  res.json(await Post.find().limit(10).skip(page * 10))
})

export { close, prepare, queryCount } from './models.ts'
