import express from 'express'
import mysql, { type RowDataPacket } from 'mysql2/promise'

const pool = mysql.createPool({ uri: process.env['DATABASE_URL'] ?? '' })

interface User extends RowDataPacket {
  id: number
  name: string
}

interface Post extends RowDataPacket {
  id: number
  title: string
  author_id: number
  author?: User | null
}

export const app = express()

app.get('/posts', async (_req, res) => {
  const [posts] = await pool.query<Post[]>('SELECT * FROM posts ORDER BY id LIMIT 40')
  for (const post of posts) {
    const [rows] = await pool.query<User[]>('SELECT * FROM users WHERE id = ?', [post.author_id])
    post.author = rows[0] ?? null
  }
  res.json(posts)
})

export async function prepare(): Promise<void> {}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  await pool.end()
}
