import express from 'express'
import { Post, User } from './models.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await Post.query().orderBy('id').limit(40)
  const result = []
  for (const post of posts) {
    const author = await User.query().findById(post.author_id)
    result.push({ title: post.title, author })
  }
  res.json(result)
})

export { close, prepare, queryCount } from './models.ts'
