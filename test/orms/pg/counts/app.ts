import express from 'express'
import { pool } from './database.ts'

export const app = express()

app.get('/users', async (_req, res) => {
  try {
    const { rows: users } = await pool.query('SELECT id, name FROM users ORDER BY id LIMIT 40')
    const usersWithCounts = await Promise.all(
      users.map(async (user) => {
        // Drafts don't count
        const countResult = await pool.query(
          'SELECT COUNT(*) FROM posts WHERE author_id = $1 AND published = $2',
          [user.id, true],
        )
        return { ...user, postCount: parseInt(countResult.rows[0].count, 10) }
      }),
    )
    res.json(usersWithCounts)
  } catch (error) {
    console.error('Error fetching users:', error)
    res.status(500).json({ error: 'Failed to fetch users' })
  }
})

export { close, prepare, queryCount } from './database.ts'
