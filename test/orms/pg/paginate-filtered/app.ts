import express from 'express'
import { pool } from './database.ts'

async function postsBy(published: boolean) {
  const result = await pool.query(
    `
    SELECT p.id, p.title, u.name AS author
    FROM posts p
    LEFT JOIN users u ON u.id = p.author_id
    WHERE p.published = $1
    `,
    [published],
  )
  return result.rows
}

export const app = express()

app.get('/posts/published', async (_req, res) => {
  const posts = await postsBy(true)
  res.json(posts.sort((a, b) => b.id - a.id))
})

app.get('/stats', async (_req, res) => {
  res.json({ drafts: (await postsBy(false)).length })
})

export { close, prepare, queryCount } from './database.ts'
