import express from 'express'
import { Post, User } from './models.ts'

export const app = express()

app.get('/users', async (_req, res) => {
  const users = await User.query().orderBy('id').limit(20)
  const result = []
  for (const user of users) {
    const posts = await Post.query().where('author_id', user.id).orderBy('id')
    result.push({ name: user.name, titles: posts.map((post) => post.title) })
  }
  res.json(result)
})

export { close, prepare, queryCount } from './models.ts'
