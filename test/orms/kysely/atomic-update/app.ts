import express from 'express'
import { db } from './database.ts'

export const app = express()

app.post('/posts/:id/views', async (req, res) => {
  const id = Number(req.params.id)
  const post = await db.selectFrom('posts').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  await db.updateTable('posts').set({ views: post.views + 1 }).where('id', '=', id).execute()
  res.json({ title: post.title })
})

app.get('/posts/:id/views', async (req, res) => {
  const id = Number(req.params.id)
  res.json(await db.selectFrom('posts').select('views').where('id', '=', id).executeTakeFirst())
})

export { close, prepare, queryCount } from './database.ts'
