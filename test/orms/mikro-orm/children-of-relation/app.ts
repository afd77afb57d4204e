import 'reflect-metadata'
import express from 'express'
import { MikroORM } from '@mikro-orm/sqlite'
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy'
import { Post, User } from './entities'

let queries = 0

const orm = await MikroORM.init({
  dbName: ':memory:',
  entities: [User, Post],
  metadataProvider: ReflectMetadataProvider,
  debug: ['query'],
  logger: () => queries++,
})

export const app = express()

app.get('/users', async (_req, res) => {
  const em = orm.em.fork()
  const users = await em.find(User, {}, { orderBy: { id: 'asc' }, limit: 20 })
  const result = []
  for (const user of users) {
    const posts = await em.find(Post, { author: user.id, published: true }, { orderBy: { id: 'desc' } })
    result.push({ name: user.name, latest: posts[0]?.title ?? null, titles: posts.map((post) => post.title) })
  }
  res.json(result)
})

export async function prepare(): Promise<void> {
  await orm.schema.create()
  const em = orm.em.fork()
  await em.insertMany(
    User,
    Array.from({ length: 8 }, (_, n) => ({ name: `User ${n}` })),
  )
  await em.insertMany(
    Post,
    Array.from({ length: 120 }, (_, n) => ({
      title: `Post ${n}`,
      published: n % 3 !== 0,
      views: n % 5,
      author: (n % 8) + 1,
      editorId: (n % 5) + 1,
    })),
  )
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await orm.close()
}
