import { query, startPostgres } from '../../../test/servers/postgres.ts'
import { round } from '../figures.ts'
import type { Section, SectionContext, SectionReport } from '../section.ts'
import { postgresTables, rowsOf } from './dataset.ts'
import { seedWithHeadroom, type Seeded } from './headroom.ts'

const sizes = [
  { users: 4000, activitiesEach: 500, seconds: 15 },
  { users: 100_000, activitiesEach: 500, seconds: 260 },
] as const
const mostBytes = 200e6
const mostGrowth = 0.1

/** The article's data, 100,000 users × 500 activities: whether it takes minutes, and memory stays flat. */
export const article: Section = {
  id: 'article',
  title: '100,000 users and 50 million activities into PostgreSQL, with keys, index, foreign key and vacuum',
  seconds: () => sizes.reduce((sum, { seconds }) => sum + seconds, 0),
  run: measure,
}

async function measure({ signal, progress }: SectionContext): Promise<SectionReport> {
  await using cleanup = new AsyncDisposableStack()
  const server = await startPostgres()
  cleanup.defer(() => server.stop())
  const measured: (Seeded & { rows: number })[] = []
  for (const size of sizes) {
    progress.step(`${round(rowsOf(size) / 1e6)} million rows`, size.seconds)
    const url = await server.createDatabase()
    for (const statement of postgresTables) await query(url, statement)
    measured.push({ ...(await seedWithHeadroom(url, size, signal)), rows: rowsOf(size) })
    if (size !== sizes.at(-1)) await query(server.url, `DROP DATABASE "${new URL(url).pathname.slice(1)}"`)
  }
  const [small, large] = measured.map(({ peakBytes }) => peakBytes ?? Number.NaN)
  const growth = (large ?? Number.NaN) / (small ?? Number.NaN) - 1
  return {
    columns: ['rows', 'seconds in all', 'thousand rows/s', 'peak memory'],
    rows: measured.map(({ rows, seconds, rowsPerSecond, peakBytes }) => [
      `${round(rows / 1e6)} million`,
      round(seconds),
      round(rowsPerSecond / 1000),
      megabytes(peakBytes),
    ]),
    goals: [
      {
        name: 'Memory at 50 million rows',
        measured: megabytes(large ?? null),
        goal: `≤ ${round(mostBytes / 1e6)} MB`,
        met: (large ?? Number.NaN) <= mostBytes,
        note: '',
      },
      {
        name: 'Memory from 2 to 50 million rows',
        measured: `${growth >= 0 ? '+' : ''}${round(growth * 100)} %`,
        goal: `≤ +${round(mostGrowth * 100)} %`,
        met: growth <= mostGrowth,
        note: '',
      },
    ],
  }
}

function megabytes(bytes: number | null): string {
  return bytes === null || Number.isNaN(bytes) ? 'not measured' : `${round(bytes / 1e6)} MB`
}
