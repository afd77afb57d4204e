import express from 'express'
import { db } from './database.ts'

export const app = express()

app.use(express.json())

app.post('/posts/:id/tags', async (req, res) => {
  const names: string[] = req.body.tags
  for (const name of names) {
    await db.insertInto('tags').values({ post_id: Number(req.params.id), name }).execute()
  }
  res.status(201).json({ message: 'Tags added' })
})

app.get('/tags', async (_req, res) => {
  res.json(await db.selectFrom('tags').selectAll().orderBy('id').limit(100).execute())
})

export { close, prepare, queryCount } from './database.ts'
