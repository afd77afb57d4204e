import express from 'express'
import mysql, { type RowDataPacket } from 'mysql2/promise'

const pool = mysql.createPool({ uri: process.env['DATABASE_URL'] ?? '' })

interface User extends RowDataPacket {
  id: number
  name: string
}

interface CountRow extends RowDataPacket {
  total: number
}

export const app = express()

app.get('/users', async (_req, res) => {
  const [users] = await pool.query<User[]>('SELECT * FROM users ORDER BY id LIMIT 20')
  const result = await Promise.all(
    users.map(async (user) => {
      const [rows] = await pool.query<CountRow[]>('SELECT COUNT(*) AS total FROM posts WHERE author_id = ?', [
        user.id,
      ])
      return { id: user.id, name: user.name, posts: rows[0]?.total ?? 0 }
    }),
  )
  res.json(result)
})

export async function prepare(): Promise<void> {}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  await pool.end()
}
