import express from 'express'
import { Post, User } from './models'

export const app = express()

app.get('/users', async (_req, res) => {
  const users = await User.findAll({ order: [['id', 'ASC']], limit: 30 })
  const result = []
  for (const user of users) {
    const written = await Post.findAll({ where: { authorId: user.id, published: true }, order: [['id', 'DESC']] })
    result.push({ name: user.name, posts: written.map((post) => post.title) })
  }
  res.json(result)
})

export { close, prepare, queryCount } from './models'
