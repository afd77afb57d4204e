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

app.get('/posts', async (_req, res) => {
  const posts = await prisma.post.findMany({ orderBy: { id: 'asc' }, take: 30 })
  const result = []
  for (const post of posts) {
    // Posts without an author are anonymous
    const author = post.authorId ? await prisma.user.findUnique({ where: { id: post.authorId } }) : null
    result.push({ title: post.title, by: author?.name ?? 'anonymous' })
  }
  res.json(result)
})

export async function prepare(): Promise<void> {
  const tables = [
    'CREATE TABLE "User" (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL)',
    'CREATE TABLE "Post" (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, "authorId" INTEGER REFERENCES "User"(id))',
    'CREATE TABLE "Comment" (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, "postId" INTEGER NOT NULL REFERENCES "Post"(id))',
  ]
  for (const table of tables) await prisma.$executeRawUnsafe(table)
  await prisma.user.createMany({ data: Array.from({ length: 8 }, (_, n) => ({ name: `User ${n}` })) })
  await prisma.post.createMany({
    data: Array.from({ length: 30 }, (_, n) => ({ title: `Post ${n}`, authorId: n % 9 === 0 ? null : (n % 8) + 1 })),
  })
  await prisma.comment.createMany({
    data: Array.from({ length: 50 }, (_, n) => ({ text: `Comment ${n}`, postId: (n % 20) + 1 })),
  })
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await prisma.$disconnect()
}
