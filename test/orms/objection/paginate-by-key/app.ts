import express from 'express'
import { Post } from './models.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await Post.query().withGraphFetched('author')
  res.json(posts)
})

export { close, prepare, queryCount } from './models.ts'
