import express from 'express'
import { pool } from './database.ts'

interface User {
  id: number
  name: string
}

interface Post {
  id: number
  title: string
  author_id: number
}

const storage = {
  async getPosts(): Promise<Post[]> {
    const result = await pool.query<Post>('SELECT * FROM posts WHERE author_id IS NOT NULL ORDER BY id LIMIT 40')
    return result.rows
  },
  async getUser(id: number): Promise<User | null> {
    const { rows } = await pool.query<User>('SELECT * FROM users WHERE id = $1', [id])
    return rows[0] ?? null
  },
}

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await storage.getPosts()
  const withAuthors = await Promise.all(
    posts.map(async (post) => {
      const author = await storage.getUser(post.author_id)
      return { ...post, author }
    }),
  )
  res.json(withAuthors)
})

export { close, prepare, queryCount } from './database.ts'
