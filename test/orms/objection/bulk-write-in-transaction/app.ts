import express from 'express'
import { Post } from './models.ts'

export const app = express()
app.use(express.json())

app.post('/posts/import', async (req, res) => {
  const posts: { title: string; authorId: number }[] = req.body.posts
  await Post.transaction(async (trx) => {
    await Promise.all(
      posts.map(async ({ title, authorId }) => {
        await Post.query(trx).insert({ title, author_id: authorId, published: true })
      }),
    )
  })
  res.status(201).json({ imported: posts.length })
})

app.get('/posts', async (_req, res) => {
  res.json(await Post.query().orderBy('id').limit(100))
})

export { close, prepare, queryCount } from './models.ts'
