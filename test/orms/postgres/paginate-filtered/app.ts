import express from 'express'
import { sql } from './database.ts'

export const app = express()

interface Post {
  id: number
  title: string
}

app.get('/posts', async (req, res) => {
  try {
    const published = req.query.drafts !== 'true'
    const posts = await sql<Post[]>`
      SELECT id, title
      FROM posts
      WHERE published = ${published}
      ORDER BY id DESC
    `
    res.json(posts)
  } catch (error) {
    console.error('Error fetching posts:', error)
    res.status(500).json({ error: 'Failed to fetch posts' })
  }
})

export { close, prepare, queryCount } from './database.ts'
