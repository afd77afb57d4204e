import postgres from 'postgres'
import { servePostgres, type PostgresServer } from '../server.ts'

const port = 20_000 + Math.floor(Math.random() * 30_000)
let server: PostgresServer | undefined
let queries = 0

export const sql = postgres({
  host: '127.0.0.1',
  port,
  user: 'postgres',
  database: 'postgres',
  max: 1,
  debug: () => queries++,
})

export async function prepare(): Promise<void> {
  server = await servePostgres(port)
  await sql`CREATE TABLE posts (id serial PRIMARY KEY, title text, body text, author_id int, published boolean)`
  await sql`
    INSERT INTO posts (title, author_id, published)
    SELECT 'Post ' || n, n % 12 + 1, n % 3 > 0 FROM generate_series(1, 60) n
  `
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await sql.end()
  await server?.stop()
}
