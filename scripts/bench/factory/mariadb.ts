import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { startMariadb } from '../../../test/servers/mariadb.ts'
import { temporaryFolder } from '../../lifetime.ts'
import type { Section, SectionContext, SectionReport } from '../section.ts'
import { mariadbTables, rowsOf } from './dataset.ts'
import { seedWithHeadroom } from './headroom.ts'
import { sideBySide } from './side-by-side.ts'

const dataset = { users: 4000, activitiesEach: 500 }
const rounds = 3
const roundSeconds = 50
const goalTimes = 1.5

/**
 * Headroom beside the server's own LOAD DATA from files that were made before, in turns on one server. LOAD DATA runs as its
 * manual has it: into the tables as they stand, with the server's defaults.
 */
export const mariadb: Section = {
  id: 'mariadb',
  title: '2 million rows into MariaDB, beside LOAD DATA from a file on the server',
  seconds: () => rounds * roundSeconds,
  run: measure,
}

async function measure({ signal, progress }: SectionContext): Promise<SectionReport> {
  await using cleanup = new AsyncDisposableStack()
  const server = await startMariadb()
  cleanup.defer(() => server.stop())
  const folder = cleanup.use(await temporaryFolder('headroom-load-'))
  await chmod(folder.path, 0o777)
  const own: number[] = []
  const loaded: number[] = []
  for (let number = 1; number <= rounds; number += 1) {
    progress.step(`round ${number} of ${rounds}`, roundSeconds)
    const url = await server.createDatabase()
    await statements(url, mariadbTables)
    own.push((await seedWithHeadroom(url, dataset, signal)).rowsPerSecond)
    const file = (table: string) => join(folder.path, `${table}.txt`)
    const tables = ['users', 'activities']
    if (number === 1)
      await statements(
        url,
        tables.map((name) => `SELECT * FROM ${name} INTO OUTFILE '${file(name)}'`),
      )
    const beside = await server.createDatabase()
    await statements(beside, mariadbTables)
    const beganAt = performance.now()
    await statements(beside, [
      ...tables.map((name) => `LOAD DATA INFILE '${file(name)}' INTO TABLE ${name} CHARACTER SET utf8mb4`),
      'ANALYZE TABLE users, activities',
    ])
    loaded.push(rowsOf(dataset) / ((performance.now() - beganAt) / 1000))
    signal.throwIfAborted()
  }
  return sideBySide(
    { name: 'Headroom', rates: own },
    { name: 'LOAD DATA from files on the server', rates: loaded },
    { goal: 'Headroom beside LOAD DATA', goalTimes },
  )
}

async function statements(url: string, all: readonly string[]): Promise<void> {
  const connection = await mysql.createConnection(url)
  try {
    for (const statement of all) await connection.query(statement)
  } finally {
    await connection.end()
  }
}
