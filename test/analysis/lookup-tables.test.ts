import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { foundLines } from './found-lines.ts'

const schema = `datasource db {
  provider = "postgresql"
}

model Ticket {
  id       Int         @id
  statuses VipStatus[]
  category Category    @relation(fields: [categoryId], references: [id])
  categoryId Int
}

model VipStatus {
  id       Int    @id
  ticketId Int
  ticket   Ticket @relation(fields: [ticketId], references: [id])
  @@index([ticketId])
}

model OrderStatus {
  id   Int    @id
  name String
}

model Category {
  id       Int       @id
  parentId Int?
  parent   Category? @relation("tree", fields: [parentId], references: [id])
  children Category[] @relation("tree")
  tickets  Ticket[]
  name     String
  @@index([parentId])
}

model User {
  id       Int       @id
  settings Setting[]
}

model Setting {
  id     Int  @id
  userId Int
  user   User @relation(fields: [userId], references: [id])
  @@index([userId])
}
`

function unbounded(t: TestContext, query: string): number {
  const app = `import { PrismaClient } from '@prisma/client'
import express from 'express'

const prisma = new PrismaClient()
const app = express()

app.get('/rows/:id', async (req, res) => {
  res.json(await prisma.${query})
})
`
  return foundLines(t, 'unbounded-result-set', { 'schema.prisma': schema, 'app.ts': app }).length
}

test('a table of statuses grows where each belongs to a row of another table', (t) => {
  assert.equal(unbounded(t, 'vipStatus.findMany()'), 1)
  assert.equal(unbounded(t, 'orderStatus.findMany()'), 0)
})

test('a table of categories does not grow for being a tree', (t) => {
  assert.equal(unbounded(t, 'category.findMany()'), 0)
})

test('settings grow with the users, those of one user do not', (t) => {
  assert.equal(unbounded(t, 'setting.findMany()'), 1)
  assert.equal(unbounded(t, 'setting.findMany({ where: { userId: Number(req.params.id) } })'), 0)
})

const search = (model: string): string => `import { PrismaClient } from '@prisma/client'
import express from 'express'

const prisma = new PrismaClient()
const app = express()

app.get('/search', async (req, res) => {
  res.json(await prisma.${model}.findMany({ where: { name: { contains: String(req.query.text) } }, take: 20 }))
})
`

test('searching a lookup table for a text is no matter', (t) => {
  const found = (model: string): number =>
    foundLines(t, 'unindexable-search', { 'schema.prisma': schema, 'app.ts': search(model) }).length
  assert.deepEqual([found('category'), found('ticket')], [0, 1])
})
