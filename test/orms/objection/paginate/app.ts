import express from 'express'
import { Post } from './models.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  res.json(await Post.query().orderBy('id', 'desc'))
})

export { close, prepare, queryCount } from './models.ts'
