import express from 'express'
import { Post } from './models'

export const app = express()

app.get('/posts', async (_req, res) => {
  try {
    // Newest first
    const posts = await Post.findAll({ where: { published: true }, order: [['id', 'DESC']] })
    res.json(posts)
  } catch (error) {
    console.error('Error fetching posts:', error)
    res.status(500).json({ error: 'Failed to fetch posts' })
  }
})

export { close, prepare, queryCount } from './models'
