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

app.get('/users', async (_req, res) => {
  const users = await db.all<User[]>('SELECT * FROM users ORDER BY id LIMIT 40')
  const result = []
  for (const user of users) {
    const row = await db.get<{ total: number }>('SELECT COUNT(*) AS total FROM posts WHERE author_id = ?', user.id)
    result.push({ ...user, posts: row?.total ?? 0 })
  }
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
