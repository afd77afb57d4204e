import { createServer } from 'node:http'

/** A server that asks its database for three rows per request, through the driver that its first argument names. */
type Ask = () => unknown

const [, , driver = '', url = ''] = process.argv

async function askThrough(): Promise<Ask> {
  switch (driver) {
    case 'node:sqlite': {
      const { DatabaseSync } = await import('node:sqlite')
      const statement = new DatabaseSync(':memory:').prepare('SELECT 1')
      return () => statement.get()
    }
    case 'better-sqlite3': {
      const { default: Database } = await import(url)
      const statement = new Database(':memory:').prepare('SELECT 1')
      return () => statement.get()
    }
    case 'pg': {
      const { default: pg } = await import('pg')
      const pool = new pg.Pool({ connectionString: url, max: 2 })
      // With a parameter the driver prepares the statement: several messages, one of which executes it.
      return () => pool.query('SELECT $1::int', [1])
    }
    case 'mysql2': {
      const { default: mysql } = await import('mysql2/promise')
      const pool = mysql.createPool({ uri: url, connectionLimit: 2 })
      return () => pool.execute('SELECT ?', [1])
    }
    default:
      return () => undefined
  }
}

const ask = await askThrough()
createServer((_, answer) => {
  void (async () => {
    for (let n = 0; n < 3; n++) await ask()
    answer.end('ok')
  })()
}).listen(Number(process.env['PORT']), '127.0.0.1')
