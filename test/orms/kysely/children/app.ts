import express from 'express'
import { db } from './database.ts'

class Storage {
  async getUsers() {
    return await db.selectFrom('users').selectAll().orderBy('id').limit(20).execute()
  }

  async getPostsOf(userId: number) {
    return await db.selectFrom('posts').selectAll().where('author_id', '=', userId).orderBy('id').execute()
  }
}

const storage = new Storage()

export const app = express()

app.get('/users', async (_req, res) => {
  const users = await storage.getUsers()
  const withPosts = await Promise.all(
    users.map(async (user) => ({ ...user, posts: await storage.getPostsOf(user.id) })),
  )
  res.json(withPosts)
})

export { close, prepare, queryCount } from './database.ts'
