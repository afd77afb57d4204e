import express from 'express'
import { db } from './database.ts'

export const app = express()

app.get('/users', async (_req, res) => {
  const users = await db.selectFrom('users').selectAll().orderBy('id').limit(20).execute()

  const usersWithCounts = await Promise.all(
    users.map(async (user) => {
      const { count } = await db
        .selectFrom('posts')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('author_id', '=', user.id)
        .where('published', '=', 1)
        .executeTakeFirstOrThrow()
      return { ...user, publishedPosts: Number(count) }
    }),
  )

  res.json(usersWithCounts)
})

export { close, prepare, queryCount } from './database.ts'
