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

app.get('/titles', async (_req, res) => {
  const [posts] = await pool.query<Post[]>('SELECT * FROM posts ORDER BY id LIMIT 40')
  res.json(posts.map((post) => post.title))
})

const schema = `
  CREATE TABLE IF NOT EXISTS posts (
    id INT AUTO_INCREMENT,
    title VARCHAR(200) NOT NULL,
    author_id INT NOT NULL, -- who wrote it
    body TEXT,
    PRIMARY KEY (id),
    KEY by_author (author_id)
  )`

export async function migrate(): Promise<void> {
  await pool.query(schema)
}

export async function prepare(): Promise<void> {}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  await pool.end()
}
