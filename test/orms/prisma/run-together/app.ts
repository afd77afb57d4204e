import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import express from 'express'
import { PrismaClient } from './generated/prisma/client'

const prisma = new PrismaClient({
  adapter: new PrismaBetterSqlite3({ url: ':memory:' }),
  log: [{ emit: 'event', level: 'query' }],
})

let queries = 0
prisma.$on('query', () => {
  queries++
})

export const app = express()

app.get('/summary', async (_req, res) => {
  const posts = await prisma.post.findMany({ orderBy: { id: 'asc' }, take: 5 })
  const users = await prisma.user.findMany({ orderBy: { id: 'asc' }, take: 5 })
  res.json({ posts, users })
})

export async function prepare(): Promise<void> {
  const tables = [
    'CREATE TABLE "User" (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, bio TEXT)',
    'CREATE TABLE "Post" (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, body TEXT NOT NULL, views INTEGER NOT NULL DEFAULT 0, "authorId" INTEGER NOT NULL REFERENCES "User"(id))',
  ]
  for (const table of tables) await prisma.$executeRawUnsafe(table)
  await prisma.user.createMany({
    data: Array.from({ length: 8 }, (_, n) => ({ name: `User ${n}`, email: `user${n}@example.com` })),
  })
  await prisma.post.createMany({
    data: Array.from({ length: 120 }, (_, n) => ({
      title: `Post ${n}`,
      body: 'Text',
      views: n % 5,
      authorId: (n % 8) + 1,
    })),
  })
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await prisma.$disconnect()
}
