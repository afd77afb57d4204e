import express from 'express'
import { User } from './models'

export const app = express()

app.get('/users', async (_req, res) => {
  const { rows } = await User.findAndCountAll({ include: ['posts'], order: [['id', 'DESC']] })
  res.json(rows.map((user) => user.name))
})

export { close, prepare, queryCount } from './models'
