import express from 'express'
import { db } from './database.ts'

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await db.selectFrom('posts').selectAll().orderBy('id').limit(40).execute()
  const result = []
  for (const post of posts) {
    const author = await db
      .selectFrom('users')
      .select(['id', 'name'])
      .where('id', '=', post.author_id ?? 0)
      .executeTakeFirst()
    // may have been deleted
    result.push({ ...post, author: author ?? null })
  }
  res.json(result)
})

export { close, prepare, queryCount } from './database.ts'
