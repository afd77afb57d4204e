import express from 'express'
import { Post } from './models.ts'

const postsOf = async (author: string) => {
  return await Post.find({ author }).sort({ createdAt: -1 })
}

export const app = express()

app.get('/users/:id/posts', async (req, res) => {
  res.json(await postsOf(req.params.id))
})

app.get('/users/:id/titles', async (req, res) => {
  const posts = await postsOf(req.params.id)
  res.json({ posts: posts.length })
})

export { close, prepare, queryCount } from './models.ts'
