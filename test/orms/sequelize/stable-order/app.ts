import express from 'express'
import { Post } from './models'

export const app = express()

app.get('/posts', async (req, res) => {
  const page = Math.min(Math.max(Number(req.query.page) || 1, 1), 1000)
  const popular = await Post.findAll({ order: [['views', 'DESC']], limit: 10, offset: (page - 1) * 10 })
  res.json(popular.map((post) => post.views))
})

export { close, prepare, queryCount } from './models'
