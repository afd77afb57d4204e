import express from 'express'
import { Post } from './models'

export const app = express()

app.get('/titles', async (_req, res) => {
  const posts = await Post.findAll({ order: [['id', 'ASC']], limit: 30 })
  res.json(posts.map((post) => post.title))
})

export { close, prepare, queryCount } from './models'
