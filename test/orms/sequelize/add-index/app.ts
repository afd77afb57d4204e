import express from 'express'
import { Post } from './models'

export const app = express()

app.get('/users/:id/posts', async (req, res) => {
  const posts = await Post.findAll({ where: { authorId: Number(req.params.id) }, limit: 10, order: [['id', 'ASC']] })
  res.json(posts)
})

export { close, prepare, queryCount } from './models'
