import express from 'express'
import { Post } from './models.ts'

export const app = express()

app.post('/posts/:id/views', async (req, res) => {
  const post = await Post.findById(req.params.id)
  if (post) await Post.findByIdAndUpdate(req.params.id, { views: post.views - 1, published: true })
  res.sendStatus(204)
})

export { close, prepare, queryCount } from './models.ts'
