import express from 'express'
import { Post, User } from './models'

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await Post.findAll({ order: [['id', 'DESC']], limit: 50 })
  const result = []
  for (const post of posts) {
    const author = await User.findByPk(post.authorId)
    result.push({ id: post.id, title: post.title, author: author?.name })
  }
  res.json(result)
})

export { close, prepare, queryCount } from './models'
