import express from 'express'
import { Post } from './models.ts'

export const app = express()

app.post('/posts/:id/views', async (req, res) => {
  const post = await Post.findById(req.params.id)
  if (!post) {
    res.sendStatus(404)
    return
  }
  post.views += 1
  await post.save()
  res.json({ title: post.title, views: post.views })
})

export { close, prepare, queryCount } from './models.ts'
