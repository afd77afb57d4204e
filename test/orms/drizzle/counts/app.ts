import { asc, eq } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts, users } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

app.get('/users', async (_req, res) => {
  const rows = await db.select().from(users).orderBy(asc(users.id)).limit(50)
  const result = await Promise.all(
    rows.map(async (row) => ({
      name: row.name,
      posts: await db.$count(posts, eq(posts.authorId, row.id)),
    })),
  )
  res.json(result)
})
