import express from 'express'
import { pool } from './database.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  try {
    const { rows: posts } = await pool.query('SELECT * FROM posts ORDER BY id LIMIT 40')
    const result = []
    for (const post of posts) {
      // The author may have been deleted
      const author = await pool.query('SELECT id, name FROM users WHERE id = $1', [post.author_id])
      result.push({ ...post, author: author.rows[0] ?? null })
    }
    res.json(result)
  } catch (error) {
    console.error('Error fetching posts:', error)
    res.status(500).json({ error: 'Failed to fetch posts' })
  }
})

export { close, prepare, queryCount } from './database.ts'
