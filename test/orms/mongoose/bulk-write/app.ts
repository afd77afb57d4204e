import express from 'express'
import { Tag } from './models.ts'

export const app = express()

app.use(express.json())

app.post('/posts/:id/tags', async (req, res) => {
  const names: string[] = req.body.tags
  for (const name of names) {
    await Tag.create({ post: req.params.id, name })
  }
  res.status(201).json({ message: 'Tags added' })
})

export { close, prepare, queryCount } from './models.ts'
