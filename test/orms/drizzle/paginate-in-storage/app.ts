import express from 'express'
import { db } from './db'
import { posts } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

class Storage {
  async getPosts() {
    return await db.select().from(posts)
  }
}

const storage = new Storage()

app.get('/posts', async (req, res) => {
  const rows = await storage.getPosts()
  res.json(rows)
})

// The digest needs every post
app.get('/digest', async (_req, res) => {
  const rows = await storage.getPosts()
  const popular = rows.filter((row) => row.views > 3).length
  res.json({ popular })
})
