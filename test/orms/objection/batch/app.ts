import express from 'express'
import { Post, User } from './models.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await Post.query().orderBy('id').limit(40)
  const names = []
  for (const post of posts) {
    const user = await User.query().findById(post.author_id)
    names.push(user?.name ?? 'unknown')
  }
  res.json(names)
})

export { close, prepare, queryCount } from './models.ts'
