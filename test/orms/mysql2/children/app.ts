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

app.get('/users', async (_req, res) => {
  const [users] = await pool.query<User[]>('SELECT * FROM users ORDER BY id LIMIT 20')
  const result = []
  for (const user of users) {
    const [posts] = await pool.query<Post[]>('SELECT * FROM posts WHERE author_id = ? ORDER BY id', [user.id])
    result.push({ name: user.name, titles: posts.map((post) => post.title) })
  }
  res.json(result)
})

export async function prepare(): Promise<void> {}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  await pool.end()
}
