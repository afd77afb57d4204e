import express from 'express'
import { sql } from './database.ts'

export const app = express()

app.get('/titles', async (_req, res) => {
  const posts = await sql`SELECT * FROM posts WHERE published = ${true} ORDER BY id LIMIT 30`
  res.json(posts.map((post) => post.title))
})

export { close, prepare, queryCount } from './database.ts'
