import express from 'express'
import { Post } from './models'

export const app = express()

app.post('/posts/:id/views', async (req, res) => {
  const id = Number(req.params.id)
  const post = await Post.findByPk(id)
  if (post) await Post.update({ views: post.views - 1 }, { where: { id } })
  res.sendStatus(204)
})

app.get('/posts/:id/views', async (req, res) => {
  const post = await Post.findByPk(Number(req.params.id))
  res.json({ views: post?.views })
})

export { close, prepare, queryCount } from './models'
