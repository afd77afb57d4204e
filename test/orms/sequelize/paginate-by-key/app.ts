import express from 'express'
import { Post } from './models'

export const app = express()

app.get('/posts', async (_req, res) => {
  res.json(await Post.findAll({ where: { published: true } }))
})

export { close, prepare, queryCount } from './models'
