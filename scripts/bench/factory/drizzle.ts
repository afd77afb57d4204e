import { join } from 'node:path'
import { query, startPostgres } from '../../../test/servers/postgres.ts'
import { capture } from '../../lifetime.ts'
import { peerFolder } from '../peer-packages.ts'
import type { Section, SectionContext, SectionReport } from '../section.ts'
import { postgresTables, rowsOf } from './dataset.ts'
import { seedWithHeadroom } from './headroom.ts'
import { sideBySide } from './side-by-side.ts'

const dataset = { users: 4000, activitiesEach: 500 }
/** drizzle-seed takes minutes for two million rows; its rate doesn't grow with them. */
const peerDataset = { users: 200, activitiesEach: 500 }
const rounds = 3
const roundSeconds = 20
const goalTimes = 15

/**
 * What people seed PostgreSQL with today, on the same tables. An activity takes 247 bytes here and 302 there
 * (`pg_column_size`): notes of 64 and 54 characters, and JSON of 113 and 180 bytes, whose shape drizzle-seed fixes.
 */
export const drizzle: Section = {
  id: 'drizzle-seed',
  title: 'Rows into PostgreSQL, beside drizzle-seed',
  seconds: () => rounds * roundSeconds,
  run: measure,
}

async function measure({ signal, progress }: SectionContext): Promise<SectionReport> {
  await using cleanup = new AsyncDisposableStack()
  const server = await startPostgres()
  cleanup.defer(() => server.stop())
  const own: number[] = []
  const peer: number[] = []
  for (let number = 1; number <= rounds; number += 1) {
    progress.step(`round ${number} of ${rounds}`, roundSeconds)
    const databases = [await server.createDatabase(), await server.createDatabase()] as const
    for (const url of databases) for (const statement of postgresTables) await query(url, statement)
    own.push((await seedWithHeadroom(databases[0], dataset, signal)).rowsPerSecond)
    peer.push(await seedWithDrizzle(databases[1], signal))
  }
  return sideBySide(
    { name: 'Headroom, 2 million rows', rates: own },
    { name: 'drizzle-seed, 100,000 rows', rates: peer },
    { goal: 'Headroom beside drizzle-seed', goalTimes },
  )
}

async function seedWithDrizzle(url: string, signal: AbortSignal): Promise<number> {
  const { users, activitiesEach } = peerDataset
  const program = join(peerFolder('drizzle-seed'), 'seed.js')
  const args = [program, url, String(users), String(activitiesEach)]
  const { code, output } = await capture(process.execPath, args, { signal })
  if (code !== 0) throw new Error(`drizzle-seed ended with exit code ${code}.\n${output}`)
  const { millis }: { millis: number } = JSON.parse(output.trim().split('\n').at(-1) ?? '')
  const [row] = await query(url, 'SELECT count(*)::int AS n FROM activities')
  if (row?.['n'] !== users * activitiesEach)
    throw new Error(`drizzle-seed made ${String(row?.['n'])} activities`)
  return rowsOf(peerDataset) / (millis / 1000)
}
