import express from 'express'
import { Post, User } from './models.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await Post.find().sort({ _id: -1 }).limit(50).lean()
  const result = []
  for (const post of posts) {
    // may have been deleted
    const user = await User.findById(post.author).select('name').lean()
    result.push({ ...post, authorName: user?.name ?? null })
  }
  res.json(result)
})

export { close, prepare, queryCount } from './models.ts'
