import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { numberOf, query, runSql, tableHashes } from '../temporary-database.ts'
import type { Engine } from './engine.ts'

/** SQLite files in a folder of the test's own. */
export const sqliteEngine: Engine = {
  dialect: 'sqlite',
  skip: false,
  start: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headroom-schemas-'))
    let made = 0
    return {
      create: async (sql) => {
        const path = join(folder, `app-${++made}.sqlite`)
        runSql(path, sql)
        return path
      },
      dump: async (path) =>
        JSON.stringify([tableHashes(path), query(path, 'SELECT * FROM sqlite_schema ORDER BY type, name')]),
      violations: async (path) => {
        const checked = query(path, 'PRAGMA integrity_check').map((row) => String(Object.values(row)[0]))
        const orphans = query(path, 'PRAGMA foreign_key_check').map((row) => JSON.stringify(row))
        return [...checked.filter((line) => line !== 'ok'), ...orphans]
      },
      count: async (path, table) => numberOf(path, `SELECT count(*) AS n FROM "${table}"`),
      stop: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
    }
  },
}
