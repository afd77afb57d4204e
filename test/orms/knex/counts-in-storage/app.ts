import express from 'express'
import knex, { type Knex } from 'knex'

interface User {
  id: number
  name: string
}

interface Task {
  id: number
  assignee_id: number
  done: boolean
}

const db = knex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true })

let queries = 0
db.on('query', () => queries++)

class TaskRepository {
  private readonly db: Knex

  constructor(db: Knex) {
    this.db = db
  }

  async getUsers(): Promise<User[]> {
    return this.db<User>('users').orderBy('name').limit(100)
  }

  /** Tasks that aren't done. */
  async countOpenTasks(userId: number): Promise<number> {
    const [row] = await this.db<Task>('tasks')
      .where('assignee_id', userId)
      .whereNot('done', true)
      .count({ count: '*' })
    return Number(row?.count ?? 0)
  }
}

const tasks = new TaskRepository(db)

export const app = express()

app.get('/users', async (_req, res) => {
  const users = await tasks.getUsers()
  const workload = []
  for (const user of users) {
    const open = await tasks.countOpenTasks(user.id)
    if (open > 0) workload.push({ name: user.name, open })
  }
  res.json(workload)
})

export async function prepare(): Promise<void> {
  await db.schema.createTable('users', (table) => {
    table.increments('id')
    table.string('name')
  })
  await db.schema.createTable('tasks', (table) => {
    table.increments('id')
    table.integer('assignee_id')
    table.boolean('done')
  })
  for (let n = 1; n <= 12; n++) await db('users').insert({ name: `User ${n}` })
  for (let n = 1; n <= 50; n++) await db('tasks').insert({ assignee_id: (n % 9) + 1, done: n % 4 === 0 })
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await db.destroy()
}
