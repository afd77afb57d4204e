import express from 'express'
import { Post, User } from './models.ts'

export const app = express()

app.get('/users', async (_req, res) => {
  const users = await User.query().orderBy('id').limit(20)
  const result = await Promise.all(
    users.map(async (user) => ({
      id: user.id,
      name: user.name,
      postCount: await Post.query().where({ author_id: user.id, published: true }).resultSize(),
    })),
  )
  res.json(result)
})

export { close, prepare, queryCount } from './models.ts'
