import 'reflect-metadata'
import express from 'express'
import { MikroORM, type SqlEntityManager } from '@mikro-orm/sqlite'
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

class PostService {
  private readonly em: SqlEntityManager

  constructor(em: SqlEntityManager) {
    this.em = em
  }

  async findAll(): Promise<Post[]> {
    return this.em.getRepository(Post).findAll({ where: { published: true }, orderBy: { id: 'desc' } })
  }
}

export const app = express()

app.get('/posts', async (_req, res) => {
  const service = new PostService(orm.em.fork())
  res.json(await service.findAll())
})

app.get('/digest', async (_req, res) => {
  const service = new PostService(orm.em.fork())
  const all = await service.findAll()
  res.json({ size: all.length })
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
    })),
  )
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await orm.close()
}
