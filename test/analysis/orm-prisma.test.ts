import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Facts } from '../../src/analysis/facts.ts'
import { tablesIn } from '../../src/analysis/typescript/orms/prisma/schema.ts'
import { TypeScriptFrontEnd } from '../../src/analysis/typescript/front-end.ts'

const schema = `datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL") // where it is
}

/* model Old {
  id Int @id
} */
model User {
  id    Int    @id
  email String @unique
  posts Post[]
}

model Post {
  id        Int      @id
  tenant    String
  slug      String
  published Boolean  @default(false)
  author    User     @relation(fields: [authorId],
                               references: [id])
  authorId  Int // "//" is no comment in a string
  tags      String[] @default([])

  @@unique([tenant, slug(sort: Desc)], name: "path")
  @@index([published, tenant])
}
`

function read(
  handler: string,
  more: Readonly<Record<string, string>> = {},
): { facts: Facts; front: TypeScriptFrontEnd } {
  const app = `import express from 'express'
import { PrismaClient } from '@prisma/client'
const prisma = new PrismaClient()
const app = express()
app.get('/', async (req, res) => {
${handler}
})
`
  const front = new TypeScriptFrontEnd()
  const texts = new Map(Object.entries({ 'app.ts': app, 'prisma/schema.prisma': schema, ...more }))
  return { facts: front.read({ texts, problems: [] }).facts, front }
}

test('a schema gives its tables', () => {
  const [user, post, ...others] = tablesIn(new Map([['schema.prisma', schema]]))
  assert.deepEqual(others, [])
  assert.deepEqual(user?.unique, [['id'], ['email']])
  assert.deepEqual(post?.primaryKey, ['id'])
  assert.deepEqual(post?.unique, [['id'], ['tenant', 'slug']])
  assert.deepEqual(post?.indexes, [['published', 'tenant']])
  const foreign = post?.columns
    .filter(({ foreignKey }) => foreignKey)
    .map(({ name, span }) => [name, span.line])
  assert.deepEqual(foreign, [['authorId', 22]])
  const [relation] = post?.relations ?? []
  assert.deepEqual(
    [relation?.target, relation?.many, relation?.columns, relation?.references],
    ['user', false, ['authorId'], ['id']],
  )
  assert.equal(user?.relations[0]?.many, true)
  assert.equal(post?.indexesForeignKeys, false)
})

test('MySQL indexes foreign keys, also where another file of the schema names it', () => {
  const files = new Map([
    ['prisma/schema/base.prisma', 'datasource db {\n  provider = "mysql"\n}\n'],
    ['prisma/schema/models/user.prisma', 'model User {\n  id Int @id\n}\n'],
    ['other/schema.prisma', 'datasource db {\n  provider = "sqlite"\n}\nmodel Pet {\n  id Int @id\n}\n'],
  ])
  const known = tablesIn(files).map(({ name, indexesForeignKeys }) => [name, indexesForeignKeys])
  assert.deepEqual(known, [
    ['user', true],
    ['pet', false],
  ])
})

function loops(code: string): number | undefined {
  return read(code).facts.queries[0]?.loops.length
}

/** A call for every id of a list, all at once. */
function at(call: string): string {
  return `res.json(await Promise.all(req.body.ids.map((id) => ${call})))`
}

test('findUnique is one query for all items that are mapped at once, and one each in a loop that waits', () => {
  assert.equal(loops(at('prisma.user.findUnique({ where: { id } })')), 0)
  assert.equal(loops(at('prisma.user.findUniqueOrThrow({ where: { id } })')), 0)
  assert.equal(loops(at('prisma.user.findFirst({ where: { id } })')), 1)
  assert.equal(loops(at('prisma.post.count({ where: { authorId: id } })')), 1)
  assert.equal(loops('for (const id of req.body.ids) await prisma.user.findUnique({ where: { id } })'), 1)
})

test('includes say whether they bring several rows, how deep they are, and whether they are bounded', () => {
  const { facts } = read(`res.json(await prisma.user.findMany({
  take: 10,
  include: { posts: { take: 5, select: { slug: true, author: true } } },
}))`)
  const includes = facts.queries[0]?.includes.map(({ relation, many, bounded, columns }) => ({
    relation,
    many,
    bounded,
    columns,
  }))
  assert.deepEqual(includes, [
    { relation: 'posts', many: true, bounded: true, columns: ['slug'] },
    { relation: 'posts.author', many: false, bounded: false, columns: null },
  ])
})

test('conditions that a client may leave out hold for nothing', () => {
  const { facts } = read(`const { tenant } = req.query
res.json(await prisma.post.findMany({
  where: { tenant, slug: req.params.slug, OR: [{ id: 1 }], AND: [{ published: true }], author: { email: 'a' } },
  orderBy: [{ slug: 'asc' }, { id: 'desc' }],
  skip: 10,
}))`)
  const [query] = facts.queries
  assert.deepEqual(
    query?.filters.map(({ column, match }) => `${column} ${match}`),
    ['tenant other', 'slug equals', 'id other', 'published equals', 'author equals'].map((text) =>
      text.replace('author equals', 'author other'),
    ),
  )
  assert.deepEqual(query?.order, ['slug', 'id'])
  assert.equal(query?.skips, true)
  assert.equal(query?.bound, null)
})

test('a client that the framework hands over is known by its models', () => {
  const { facts } = read(`await req.server.prisma.user.findMany({ where: { id: 1 } })
await req.server.prisma.robot.findMany({ where: { id: 1 } })
await req.server.mail.user.create({ name: 'a' })
await req.server.prisma.user.create({ data: { email: 'a' } })`)
  assert.deepEqual(
    facts.queries.map(({ table, operation }) => `${table} ${operation}`),
    ['user many', 'user insert'],
  )
})

test('a transaction is known in both its forms', () => {
  const { facts } = read(`await prisma.$transaction([prisma.user.delete({ where: { id: 1 } })])
await prisma.$transaction(async (tx) => { await tx.user.delete({ where: { id: 1 } }) })
await prisma.user.delete({ where: { id: 1 } })`)
  assert.deepEqual(
    facts.queries.map(({ inTransaction }) => inTransaction),
    [true, true, false],
  )
})

/** What is added to select the one column that is used. */
function edited(call: string): string | undefined {
  const { facts, front } = read(`const users = await ${call}
res.json(users.map((user) => user.email))`)
  const query = facts.queries[0]?.id ?? ''
  return front
    .carryOut({ kind: 'select-columns', query })
    ?.map(({ text }) => text.trim())
    .join('')
}

test('columns are selected, and refused where others are chosen already', () => {
  assert.equal(edited('prisma.user.findMany()'), '{ select: { email: true } }')
  assert.equal(edited('prisma.user.findMany({ include: { posts: true } })'), undefined)
})
