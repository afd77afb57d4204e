import { desc, gte } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

app.get('/posts', async (req, res) => {
  try {
    // Newest first
    const rows = await db
      .select()
      .from(posts)
      .where(gte(posts.views, 1))
      .orderBy(desc(posts.id))
    res.json(rows)
  } catch (error) {
    console.error('Error fetching posts:', error)
    res.status(500).json({ error: 'Failed to fetch posts' })
  }
})
