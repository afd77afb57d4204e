import express from 'express'
import { DatabaseSync } from 'node:sqlite'

const db = new DatabaseSync(':memory:')

let queries = 0
const prepareStatement = db.prepare.bind(db)
db.prepare = (text: string) => {
  queries++
  return prepareStatement(text)
}

export const app = express()

app.use(express.json())

app.post('/posts/:id/tags', (req, res) => {
  const tags: string[] = req.body.tags
  const postId = Number(req.params.id)
  for (const tag of tags) {
    // Blanks are left out
    const name = tag.trim()
    if (name === '') continue
    db.prepare("INSERT INTO tags (post_id, name, kind) VALUES (?, ?, 'free')").run(postId, name)
  }
  res.status(201).json({ message: 'Tags added' })
})

app.get('/tags', (_req, res) => {
  res.json(db.prepare('SELECT * FROM tags ORDER BY id LIMIT 100').all())
})

export async function prepare(): Promise<void> {
  db.exec('CREATE TABLE tags (id INTEGER PRIMARY KEY, post_id INTEGER, name TEXT, kind TEXT)')
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  db.close()
}
