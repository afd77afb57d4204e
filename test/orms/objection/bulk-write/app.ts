import express from 'express'
import { Post, User } from './models.ts'

export const app = express()
app.use(express.json())

// Imports the posts of one author
app.post('/users/:id/posts', async (req, res) => {
  const authorId = Number(req.params.id)
  const author = await User.query().findById(authorId)
  if (!author) {
    res.status(404).json({ error: 'User not found' })
    return
  }
  const titles: string[] = req.body.titles ?? []
  for (const title of titles) {
    await Post.query().insert({ title: title.trim(), author_id: authorId, published: false })
  }
  res.status(201).json({ imported: titles.length })
})

app.get('/posts', async (_req, res) => {
  res.json(await Post.query().orderBy('id').limit(100))
})

export { close, prepare, queryCount } from './models.ts'
