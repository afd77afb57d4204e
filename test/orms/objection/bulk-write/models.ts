import knex from 'knex'
import { Model } from 'objection'

const db = knex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true })
Model.knex(db)

let queries = 0
db.on('query', () => queries++)

export class User extends Model {
  static override tableName = 'users'
  declare id: number
  declare name: string
}

export class Post extends Model {
  static override tableName = 'posts'
  declare id: number
  declare title: string
  declare author_id: number
  declare published: boolean
  declare author?: User | null

  static override get relationMappings() {
    return {
      author: {
        relation: Model.BelongsToOneRelation,
        modelClass: User,
        join: { from: 'posts.author_id', to: 'users.id' },
      },
    }
  }
}

export async function prepare(): Promise<void> {
  await db.schema.createTable('users', (table) => {
    table.increments('id')
    table.string('name')
  })
  await db.schema.createTable('posts', (table) => {
    table.increments('id')
    table.string('title')
    table.integer('author_id')
    table.boolean('published')
  })
  for (let n = 1; n <= 12; n++) await db('users').insert({ name: `User ${n}` })
  for (let n = 1; n <= 60; n++)
    await db('posts').insert({ title: `Post ${n}`, author_id: (n % 12) + 1, published: n % 3 === 0 })
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await db.destroy()
}
