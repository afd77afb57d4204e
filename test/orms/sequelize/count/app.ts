import express from 'express'
import { Post } from './models'

export const app = express()

app.get('/stats', async (_req, res) => {
  const popular = await Post.findAll({ where: { published: true }, order: [['views', 'DESC']] })
  res.json({ popular: popular.length })
})

export { close, prepare, queryCount } from './models'
