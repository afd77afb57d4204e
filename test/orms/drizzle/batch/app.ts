import { asc, eq } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts, users } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

class UserStorage {
  async getUser(id: number) {
    const [user] = await db.select().from(users).where(eq(users.id, id))
    return user
  }
}

const storage = new UserStorage()

app.get('/posts', async (_req, res) => {
  const rows = await db.select().from(posts).orderBy(asc(posts.id)).limit(30)
  const result = await Promise.all(
    rows.map(async (row) => {
      // Who wrote it
      const author = await storage.getUser(row.authorId)
      return { ...row, author }
    }),
  )
  res.json(result)
})
