import express from 'express'
import { Post, Tag } from './models.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await Post.find().sort({ _id: -1 }).limit(50).lean()
  const result = await Promise.all(
    posts.map(async (post) => {
      const tags = await Tag.find({ post: post._id }).sort({ name: 1 }).lean()
      return { ...post, tags }
    }),
  )
  res.json(result)
})

export { close, prepare, queryCount } from './models.ts'
