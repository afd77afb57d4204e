import express from 'express'
import { pool } from './database.ts'

export const app = express()

app.get('/users', async (_req, res) => {
  const { rows: users } = await pool.query('SELECT * FROM users ORDER BY id LIMIT 20')
  for (const user of users) {
    const { rows } = await pool.query('SELECT * FROM posts WHERE author_id = $1 ORDER BY id', [user.id])
    user.posts = rows
  }
  res.json(users)
})

export { close, prepare, queryCount } from './database.ts'
