import { asc, eq } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { posts, users } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

async function postsOf(authorId: number) {
  return db.select().from(posts).where(eq(posts.authorId, authorId)).orderBy(asc(posts.title))
}

app.get('/users', async (_req, res) => {
  const rows = await db.select().from(users).orderBy(asc(users.id)).limit(50)
  const result = []
  for (const row of rows) {
    // In the order of their titles
    const written = await postsOf(row.id)
    result.push({ name: row.name, titles: written.map((post) => post.title) })
  }
  res.json(result)
})
