import express from 'express'
import { Post, User } from './models.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await Post.find({ published: true }).sort({ _id: -1 }).limit(20)
  const result = []
  for (const post of posts) {
    const author = await User.findById(post.author)
    result.push({ title: post.title, author: author?.name ?? null })
  }
  res.json(result)
})

export { close, prepare, queryCount } from './models.ts'
