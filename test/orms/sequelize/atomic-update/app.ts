import express from 'express'
import { Post } from './models'

export const app = express()

app.post('/posts/:id/views', async (req, res) => {
  const post = await Post.findByPk(Number(req.params.id))
  if (!post) {
    res.sendStatus(404)
    return
  }
  post.views += 1
  await post.save()
  res.json({ title: post.title, views: post.views })
})

app.get('/posts/:id/views', async (req, res) => {
  const post = await Post.findByPk(Number(req.params.id))
  res.json({ views: post?.views })
})

export { close, prepare, queryCount } from './models'
