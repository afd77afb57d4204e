import express from 'express'
import { open } from 'sqlite'
import sqlite3 from 'sqlite3'

const db = await open({ filename: ':memory:', driver: sqlite3.Database })

export const app = express()

interface User {
  id: number
  name: string
}

interface Post {
  id: number
  title: string
  author_id: number
}

app.get('/posts', async (_req, res) => {
  const posts = await db.all<Post[]>('SELECT * FROM posts ORDER BY id LIMIT 40')
  const result = await Promise.all(
    posts.map(async (post) => {
      const author = await db.get<User>('SELECT * FROM users WHERE id = ?', post.author_id)
      return { ...post, author: author?.name ?? null }
    }),
  )
  res.json(result)
})

export async function prepare(): Promise<void> {
  await db.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)')
  await db.exec('CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, author_id INTEGER)')
}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  await db.close()
}
