import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { startPostgres } from '../../../test/servers/postgres.ts'
import { temporaryFolder } from '../../lifetime.ts'
import type { Section, SectionContext, SectionReport } from '../section.ts'
import { postgresTables, rowsOf } from './dataset.ts'
import { seedWithHeadroom } from './headroom.ts'
import { sideBySide } from './side-by-side.ts'

const dataset = { users: 4000, activitiesEach: 500 }
const rounds = 3
const roundSeconds = 25

/**
 * Headroom, which makes its rows as it goes, beside the server's own COPY from text files that were made before, with the
 * same strategy: keys and indexes away, load, back again, statistics. In turns on one server, each into a new database.
 */
export const copyFile: Section = {
  id: 'copy-file',
  title: '2 million rows into PostgreSQL, beside COPY from a file that was made before',
  seconds: () => rounds * roundSeconds,
  run: measure,
}

async function measure({ signal, progress }: SectionContext): Promise<SectionReport> {
  await using cleanup = new AsyncDisposableStack()
  const server = await startPostgres()
  cleanup.defer(() => server.stop())
  const folder = cleanup.use(await temporaryFolder('headroom-copy-'))
  await chmod(folder.path, 0o777)
  const own: number[] = []
  const copied: number[] = []
  for (let number = 1; number <= rounds; number += 1) {
    progress.step(`round ${number} of ${rounds}`, roundSeconds)
    const url = await server.createDatabase()
    await statements(url, postgresTables)
    own.push((await seedWithHeadroom(url, dataset, signal)).rowsPerSecond)
    if (number === 1) await statements(url, exports(folder.path))
    const beside = await server.createDatabase()
    await statements(beside, postgresTables)
    const beganAt = performance.now()
    await statements(beside, loading(folder.path))
    copied.push(rowsOf(dataset) / ((performance.now() - beganAt) / 1000))
    signal.throwIfAborted()
  }
  return sideBySide(
    { name: 'Headroom, keys and indexes included', rates: own },
    { name: 'COPY from text files, same strategy', rates: copied },
    { goal: 'Headroom beside COPY from a file', goalTimes: 1 },
  )
}

function exports(folder: string): readonly string[] {
  return ['users', 'activities'].map((table) => `COPY ${table} TO '${join(folder, table)}.txt'`)
}

function loading(folder: string): readonly string[] {
  return [
    "SET maintenance_work_mem = '512MB'",
    'ALTER TABLE activities DROP CONSTRAINT activities_user_id_fkey',
    'DROP INDEX activities_user_id_created_at_idx',
    'ALTER TABLE activities DROP CONSTRAINT activities_pkey',
    'ALTER TABLE users DROP CONSTRAINT users_pkey',
    `COPY users FROM '${join(folder, 'users')}.txt'`,
    `COPY activities FROM '${join(folder, 'activities')}.txt'`,
    'ALTER TABLE users ADD PRIMARY KEY (id)',
    'ALTER TABLE activities ADD PRIMARY KEY (id)',
    'CREATE INDEX activities_user_id_created_at_idx ON activities (user_id, created_at)',
    'ALTER TABLE activities ADD CONSTRAINT activities_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)',
    "SELECT setval('users_id_seq', (SELECT max(id) FROM users)), setval('activities_id_seq', (SELECT max(id) FROM activities))",
    'VACUUM (FREEZE, ANALYZE) users',
    'VACUUM (FREEZE, ANALYZE) activities',
  ]
}

async function statements(url: string, all: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of all) await client.query(statement)
  } finally {
    await client.end()
  }
}
