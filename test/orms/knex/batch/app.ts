import express from 'express'
import knex from 'knex'

const db = knex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true })

let queries = 0
db.on('query', () => queries++)

interface User {
  id: number
  name: string
}

interface Post {
  id: number
  title: string
  author_id: number | null
}

export const app = express()

// Posts with their authors
app.get('/posts', async (_req, res) => {
  try {
    const posts: Post[] = await db<Post>('posts').select('*').orderBy('id', 'desc').limit(50)
    const result = []
    for (const post of posts) {
      // The author may have been deleted
      const author = await db<User>('users').where({ id: post.author_id ?? 0 }).first()
      result.push({ ...post, author: author ?? null })
    }
    res.json(result)
  } catch (error) {
    console.error('Error fetching posts:', error)
    res.status(500).json({ error: 'Failed to fetch posts' })
  }
})

app.get('/posts/summaries', async (_req, res) => {
  const posts = await db<Post>('posts').orderBy('id').limit(25)
  const summaries = await Promise.all(
    posts.map(async (post) => {
      const author = await db<User>('users').where('id', post.author_id).first()
      return { title: post.title, by: author?.name ?? 'unknown' }
    }),
  )
  res.json(summaries)
})

export async function prepare(): Promise<void> {
  await db.schema.createTable('users', (table) => {
    table.increments('id')
    table.string('name')
  })
  await db.schema.createTable('posts', (table) => {
    table.increments('id')
    table.string('title')
    table.integer('author_id')
  })
  for (let n = 1; n <= 10; n++) await db('users').insert({ name: `User ${n}` })
  for (let n = 1; n <= 60; n++)
    await db('posts').insert({ title: `Post ${n}`, author_id: n % 9 === 0 ? null : (n % 12) + 1 })
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await db.destroy()
}
