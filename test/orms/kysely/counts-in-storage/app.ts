import express from 'express'
import { db } from './database.ts'

async function getUsers() {
  return await db.selectFrom('users').selectAll().orderBy('id').limit(20).execute()
}

async function countPostsOf(userId: number): Promise<number> {
  const result = await db
    .selectFrom('posts')
    .select(({ fn }) => [fn.count<number>('posts.id').as('total')])
    .where('posts.author_id', '=', userId)
    .executeTakeFirst()
  return Number(result?.total ?? 0)
}

export const app = express()

app.get('/users', async (_req, res) => {
  const users = await getUsers()
  const result = []
  for (const user of users) {
    const posts = await countPostsOf(user.id)
    result.push({ id: user.id, name: user.name, posts })
  }
  res.json(result)
})

export { close, prepare, queryCount } from './database.ts'
