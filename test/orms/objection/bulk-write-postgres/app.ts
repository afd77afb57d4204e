import express from 'express'
import knex from 'knex'
import { Model } from 'objection'

const db = knex({ client: 'pg', connection: process.env['DATABASE_URL'] ?? '' })
Model.knex(db)

let queries = 0
db.on('query', () => queries++)

class Tag extends Model {
  static override tableName = 'tags'
  declare id: number
  declare name: string
  declare slug: string

  override $beforeInsert() {
    this.slug = this.name.toLowerCase().replaceAll(' ', '-')
  }
}

export const app = express()
app.use(express.json())

app.post('/tags', async (req, res) => {
  const names: string[] = req.body.names
  const tags = await Promise.all(names.map(async (name) => Tag.query().insert({ name })))
  res.status(201).json(tags)
})

export async function prepare(): Promise<void> {
  await db.schema.createTable('tags', (table) => {
    table.increments('id')
    table.string('name')
    table.string('slug')
  })
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await db.destroy()
}
