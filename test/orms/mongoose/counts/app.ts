import express from 'express'
import { Post, Tag } from './models.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await Post.find().sort({ _id: -1 }).limit(50).lean()
  const result = []
  for (const post of posts) {
    const tags = await Tag.countDocuments({ post: post._id })
    result.push({ ...post, tags })
  }
  res.json(result)
})

export { close, prepare, queryCount } from './models.ts'
