import express from 'express'
import { Post, User } from './models'

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await Post.findAll({ order: [['id', 'DESC']], limit: 50 })
  const result = []
  for (const post of posts) {
    // The author may have been deleted
    const author = await User.findByPk(post.authorId)
    result.push({ ...post.toJSON(), author: author?.name ?? 'unknown' })
  }
  res.json(result)
})

export { close, prepare, queryCount } from './models'
