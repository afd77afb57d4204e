import express from 'express'
import { db } from './database.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  res.json(await db.selectFrom('posts').selectAll().execute())
})

export { close, prepare, queryCount } from './database.ts'
