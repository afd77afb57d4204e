import express from 'express'
import { db } from './database.ts'

async function published() {
  return await db
    .selectFrom('posts')
    .leftJoin('users', 'users.id', 'posts.author_id')
    .select(['posts.id', 'posts.title', 'users.name'])
    .where('posts.published', '=', 1)
    .execute()
}

export const app = express()

app.get('/posts', async (_req, res) => {
  const posts = await published()
  res.json(posts.sort((a, b) => b.id - a.id))
})

app.get('/stats', async (_req, res) => {
  res.json({ published: (await published()).map((post) => post.title).join() })
})

export { close, prepare, queryCount } from './database.ts'
