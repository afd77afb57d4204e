import express from 'express'
import { Post } from './models.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  res.json(await Post.find().lean())
})

export { close, prepare, queryCount } from './models.ts'
