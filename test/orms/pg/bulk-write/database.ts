import { Pool, type PoolClient } from 'pg'
import { servePostgres, type PostgresServer } from '../../postgres/server.ts'

const port = 20_000 + Math.floor(Math.random() * 30_000)
let server: PostgresServer | undefined

export const pool = new Pool({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', max: 1 })

let queries = 0
pool.on('connect', (client: PoolClient) => {
  const query = client.query.bind(client)
  Object.assign(client, {
    query: (...args: Parameters<typeof query>) => {
      queries++
      return query(...args)
    },
  })
})

export async function prepare(): Promise<void> {
  server = await servePostgres(port)
  await pool.query('CREATE TABLE orders (id serial PRIMARY KEY, user_id int NOT NULL)')
  await pool.query(`CREATE TABLE order_items (
    id serial PRIMARY KEY, order_id int NOT NULL, product text NOT NULL, quantity int NOT NULL, price int NOT NULL,
    status text NOT NULL
  )`)
}

export function queryCount(): number {
  return queries
}

export async function close(): Promise<void> {
  await pool.end()
  await server?.stop()
}
