import express from 'express'
import { Post } from './models.ts'

export const app = express()

app.post('/posts/:id/views', async (req, res) => {
  const id = Number(req.params.id)
  const post = await Post.query().findById(id)
  if (post) await Post.query().findById(id).patch({ views: post.views + 1 })
  res.sendStatus(204)
})

app.get('/posts/:id/views', async (req, res) => {
  const post = await Post.query().findById(Number(req.params.id))
  res.json({ views: post?.views })
})

export { close, prepare, queryCount } from './models.ts'
