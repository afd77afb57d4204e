import express from 'express'
import { Post } from './models.ts'

export const app = express()

app.get('/users/:id/posts', async (req, res) => {
  res.json(await Post.find({ author: req.params.id }).sort({ _id: -1 }).limit(20))
})

export { close, prepare, queryCount } from './models.ts'
