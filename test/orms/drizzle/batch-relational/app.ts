import { eq } from 'drizzle-orm'
import express from 'express'
import { db } from './db'
import { users } from './schema'

export { close, prepare, queryCount } from './db'

export const app = express()

async function findUser(id: number) {
  return db.query.users.findFirst({ where: eq(users.id, id), columns: { id: true, name: true } })
}

app.get('/posts', async (_req, res) => {
  const rows = await db.query.posts.findMany({ orderBy: (post) => [post.id], limit: 30 })
  const result = []
  for (const row of rows) {
    const author = await findUser(row.authorId)
    result.push({ title: row.title, author })
  }
  res.json(result)
})
