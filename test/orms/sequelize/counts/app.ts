import express from 'express'
import { Post, User } from './models'

export const app = express()

app.get('/users', async (_req, res) => {
  const users = await User.findAll({ order: [['id', 'ASC']], limit: 30 })
  const result = await Promise.all(
    users.map(async (user) => ({ name: user.name, posts: await Post.count({ where: { authorId: user.id } }) })),
  )
  res.json(result)
})

export { close, prepare, queryCount } from './models'
