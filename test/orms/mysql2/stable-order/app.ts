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

app.get('/posts', async (req, res) => {
  const offset = Math.max(Number(req.query.offset) || 0, 0)
  const [posts] = await pool.query<Post[]>('SELECT * FROM posts LIMIT 20 OFFSET ?', [offset])
  res.json(posts)
})

export async function prepare(): Promise<void> {}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  await pool.end()
}
