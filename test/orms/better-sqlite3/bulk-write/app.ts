import express from 'express'
import Database from 'better-sqlite3'

const db = new Database(':memory:', { verbose: () => queries++ })

let queries = 0

export const app = express()

app.use(express.json())

app.post('/posts/:id/tags', (req, res) => {
  const tags: string[] = req.body.tags
  const postId = Number(req.params.id)
  const insert = db.prepare("INSERT INTO tags (post_id, name, kind) VALUES (?, ?, 'free')")
  for (const tag of tags) {
    // Blanks are left out
    const name = tag.trim()
    if (name === '') continue
    insert.run(postId, name)
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
