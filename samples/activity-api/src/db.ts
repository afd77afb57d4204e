import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import knex from 'knex'

const databaseUrl = process.env.DATABASE_URL ?? ''
const sqliteFile = process.env.SQLITE_FILE ?? 'data/app.sqlite'

export const usePostgres = databaseUrl.startsWith('postgres')

if (!usePostgres) {
  // better-sqlite3 13 crashes the process on anything older
  if (Number(process.versions.napi) < 10) {
    throw new Error(`SQLite needs Node 22.14 or newer, this is Node ${process.versions.node}`)
  }
  mkdirSync(dirname(sqliteFile), { recursive: true })
}

interface SqliteConnection {
  pragma(source: string): unknown
}

export const db = knex(
  usePostgres
    ? {
        client: 'pg',
        connection: databaseUrl,
        pool: { min: 0, max: 10 },
      }
    : {
        client: 'better-sqlite3',
        connection: { filename: sqliteFile },
        useNullAsDefault: true,
        pool: {
          min: 1,
          max: 1,
          afterCreate(connection: SqliteConnection, done: (error: Error | null) => void) {
            connection.pragma('journal_mode = WAL')
            connection.pragma('busy_timeout = 5000')
            connection.pragma('foreign_keys = ON')
            done(null)
          },
        },
      },
)
