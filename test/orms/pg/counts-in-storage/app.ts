import express from 'express'
import { storage } from './storage.ts'

export const app = express()

app.get('/users', async (_req, res) => {
  const users = await storage.getUsers()
  const result = []
  for (const user of users) {
    result.push({ ...user, postCount: await storage.getPostCount(user.id) })
  }
  res.json(result)
})

export { close, prepare, queryCount } from './database.ts'
