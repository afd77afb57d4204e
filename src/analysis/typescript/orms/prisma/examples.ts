import type { OrmExample } from '../orm.ts'

const schema = `datasource db {
  provider = "postgresql"
}

model User {
  id       Int    @id @default(autoincrement())
  email    String @unique
  posts    Post[]
}

model Post {
  id        Int     @id
  slug      String  @unique
  authorId  Int
  author    User    @relation(fields: [authorId], references: [id])
}
`
const client = `import { PrismaClient } from '@prisma/client'
const globalForPrisma = globalThis as unknown as { prisma: PrismaClient }
const prisma = globalForPrisma.prisma || new PrismaClient()`

/** Code in which Prisma's queries must be recognised. */
export const prismaExamples: readonly OrmExample[] = [
  {
    setup: client,
    others: { 'prisma/schema.prisma': schema },
    code: `await prisma.post.findMany()
await prisma.post.findMany({ where: { authorId: 1 }, take: 10 })
await prisma.post.findMany({ where: { slug: 'a' } })
await prisma.post.findMany({ where: { id: { in: [1, 2] } } })
await prisma.post.findMany({ take: req.query.limit ? Number(req.query.limit) : undefined })
await prisma.post.findMany({ take: Number(req.query.limit) || 20 })
const { limit } = req.query
await prisma.post.findMany({ orderBy: { id: 'asc' }, ...(limit && { take: Number(limit) }) })
const args: Prisma.PostFindManyArgs = { where: { authorId: 1 } }
args.take = 5
await prisma.post.findMany(args)
await prisma.user.findFirst({ where: { posts: { some: {} } } })
await prisma.user.findUniqueOrThrow({ where: { email: 'a' } })
await prisma.user.findUnique({ where: { id: 1 } }).posts()
await prisma.user.count()
await prisma.post.groupBy({ by: ['authorId'], _count: true })
await prisma.user.create({ data: { email: 'a' } })
await prisma.user.createMany({ data: [] })
await prisma.user.upsert({ where: { id: 1 }, create: {}, update: {} })
await prisma.$queryRawUnsafe('SELECT * FROM posts LIMIT 5')
await prisma.$queryRaw<{ id: number }[]>\`SELECT * FROM posts WHERE author_id = \${req.params.id}\`
await prisma.$transaction((tx) => tx.$executeRaw\`DELETE FROM posts WHERE title = \${'a'}\`)
await prisma.$transaction(async (tx) => { await tx.post.deleteMany({ where: { authorId: 1 } }) })
new Map().delete('a')
cache.user.findMany()`,
    queries: [
      { table: 'post', operation: 'many', bound: null },
      { table: 'post', operation: 'many', bound: 'limit' },
      { table: 'post', operation: 'many', bound: 'unique-key' },
      { table: 'post', operation: 'many', bound: 'key-list' },
      { table: 'post', operation: 'many', bound: 'optional-limit' },
      { table: 'post', operation: 'many', bound: 'limit' },
      { table: 'post', operation: 'many', bound: 'optional-limit' },
      { table: 'post', operation: 'many', bound: 'limit' },
      { table: 'user', operation: 'one', bound: 'limit' },
      { table: 'user', operation: 'one', bound: 'unique-key' },
      { table: 'post', operation: 'many', bound: null },
      { table: 'user', operation: 'count', bound: null },
      { table: 'post', operation: 'aggregate', bound: null },
      { table: 'user', operation: 'insert', bound: null },
      { table: 'user', operation: 'insert', bound: null },
      { table: 'user', operation: 'upsert', bound: 'unique-key' },
      { table: 'posts', operation: 'many', bound: 'limit' },
      { table: 'posts', operation: 'many', bound: null },
      { table: 'posts', operation: 'delete', bound: null },
      { table: 'post', operation: 'delete', bound: null },
    ],
  },
  {
    setup: `import { PrismaService } from './prisma-service'
import { listPosts } from './posts'
import repository from './repository'
const service = new PrismaService()`,
    others: {
      'prisma-service.ts': `import { PrismaClient } from '../generated/prisma/client'
export class PrismaService extends PrismaClient {}
export const client = new PrismaClient().$extends({})`,
      'posts.ts': `import { PrismaService, client } from './prisma-service'
import type { Prisma } from '../generated/prisma/client'
type Tx = Omit<PrismaService, '$connect'>
class Users {
  public user = client.user
  constructor(private readonly prisma: PrismaService) {}
  all(tx: Prisma.TransactionClient | PrismaService) { return tx.user.findMany() }
  own() { return this.user.findMany() }
  injected() { return this.prisma.user.findFirst() }
}
const users = new Users(new PrismaService())
export async function listPosts(params: { take?: number }, tx: Tx) {
  const { take } = params
  await users.all(client)
  await users.own()
  await users.injected()
  return tx.post.findMany({ take })
}`,
      'repository.ts': `import { client } from './prisma-service'
async function paged(model: string, criteria: object) { return client[model].findMany({ ...criteria }) }
const all = { client, paged }
export { all as default }`,
    },
    code: `await service.post.findMany({})
await listPosts({})
await listPosts({ take: 10 })
await repository.client.user.findMany()
await repository.paged('user', { where: {}, take: 10 })
await repository.paged('post', { where: {} })`,
    queries: [
      { table: 'post', operation: 'many', bound: null },
      { table: 'user', operation: 'many', bound: null },
      { table: 'user', operation: 'many', bound: null },
      { table: 'user', operation: 'one', bound: 'limit' },
      { table: 'post', operation: 'many', bound: null },
      { table: 'user', operation: 'many', bound: null },
      { table: 'user', operation: 'many', bound: null },
      { table: 'user', operation: 'one', bound: 'limit' },
      { table: 'post', operation: 'many', bound: 'limit' },
      { table: 'user', operation: 'many', bound: null },
      { table: 'user', operation: 'many', bound: 'limit' },
      { table: 'post', operation: 'many', bound: null },
    ],
  },
]
