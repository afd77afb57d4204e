import 'reflect-metadata'
import express from 'express'
import { DataSource } from 'typeorm'
import { Post, User } from './entities'

let queries = 0

export const AppDataSource = new DataSource({
  type: 'better-sqlite3',
  database: ':memory:',
  entities: [User, Post],
  synchronize: true,
  logging: ['query'],
  logger: {
    logQuery: () => queries++,
    logQueryError: () => undefined,
    logQuerySlow: () => undefined,
    logSchemaBuild: () => undefined,
    logMigration: () => undefined,
    log: () => undefined,
  },
})

const posts = AppDataSource.getRepository(Post)

export const app = express()

app.post('/posts/:id/views', async (req, res) => {
  const post = await posts.findOneBy({ id: Number(req.params.id) })
  if (!post) {
    res.sendStatus(404)
    return
  }
  post.views += 1
  await posts.save(post)
  res.json(post)
})

app.get('/posts/:id/views', async (req, res) => {
  const post = await posts.findOneBy({ id: Number(req.params.id) })
  res.json({ views: post?.views })
})

export async function prepare(): Promise<void> {
  await AppDataSource.initialize()
  const users = Array.from({ length: 8 }, (_, n) => ({ name: `User ${n}` }))
  await AppDataSource.getRepository(User).insert(users)
  const posts = Array.from({ length: 120 }, (_, n) => ({
    title: `Post ${n}`,
    published: n % 3 !== 0,
    views: n % 5,
    authorId: (n % 8) + 1,
  }))
  await AppDataSource.getRepository(Post).insert(posts)
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await AppDataSource.destroy()
}
