import { Pool } from 'pg'
import { servePostgres, type PostgresServer } from '../../postgres/server.ts'

const port = 20_000 + Math.floor(Math.random() * 30_000)
let server: PostgresServer | undefined

export const pool = new Pool({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', max: 1 })

let queries = 0
pool.on('acquire', () => queries++)

export async function prepare(): Promise<void> {
  server = await servePostgres(port)
  await pool.query('CREATE TABLE users (id serial PRIMARY KEY, name text)')
  await pool.query('CREATE TABLE posts (id serial PRIMARY KEY, title text, author_id int, published boolean)')
  await pool.query(`INSERT INTO users (name) SELECT 'User ' || n FROM generate_series(1, 10) n`)
  await pool.query(
    `INSERT INTO posts (title, author_id, published)
     SELECT 'Post ' || n, CASE WHEN n % 9 = 0 THEN NULL ELSE n % 12 + 1 END, n % 3 > 0 FROM generate_series(1, 60) n`,
  )
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await pool.end()
  await server?.stop()
}
