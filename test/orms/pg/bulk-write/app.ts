import express from 'express'
import { pool } from './database.ts'

export const app = express()

app.use(express.json())

app.post('/orders', async (req, res) => {
  const { userId, items } = req.body
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const { rows } = await client.query('INSERT INTO orders (user_id) VALUES ($1) RETURNING id', [userId])
    for (const item of items) {
      // Prices are in cents
      const price = Math.round(item.price * 100)
      await client.query(
        `INSERT INTO order_items (order_id, product, quantity, price, status)
         VALUES ($1, $2, $3, $4, 'new')`,
        [rows[0].id, item.product, item.quantity, price],
      )
    }
    await client.query('COMMIT')
    res.status(201).json({ id: rows[0].id })
  } catch (error) {
    await client.query('ROLLBACK')
    console.error('Error creating order:', error)
    res.status(500).json({ error: 'Failed to create order' })
  } finally {
    client.release()
  }
})

app.get('/items', async (_req, res) => {
  const { rows } = await pool.query('SELECT * FROM order_items ORDER BY id LIMIT 100')
  res.json(rows)
})

export { close, prepare, queryCount } from './database.ts'
