import { query, startPostgres } from '../../../test/servers/postgres.ts'
import { capture } from '../../lifetime.ts'
import { inRepository } from '../../repository.ts'
import { round } from '../figures.ts'
import type { Section, SectionContext, SectionReport } from '../section.ts'
import { postgresTables } from './dataset.ts'
import type { HostOrder, HostReport } from './editor-host.ts'

const dataset = { users: 4000, activitiesEach: 500 }
const seconds = 25
const mostMillis = 30

/**
 * How long the editor's thread is held up while rows are made. A process stands in for the extension host: it seeds as
 * the editor does, takes the progress, and measures its own event loop.
 */
export const editor: Section = {
  id: 'editor',
  title: "Event-loop delay of the extension host's stand-in while 2 million rows are seeded, in ms",
  seconds: () => seconds,
  run: measure,
}

async function measure({ signal, progress }: SectionContext): Promise<SectionReport> {
  await using cleanup = new AsyncDisposableStack()
  const server = await startPostgres()
  cleanup.defer(() => server.stop())
  progress.step('seeding', seconds)
  const url = await server.createDatabase()
  for (const statement of postgresTables) await query(url, statement)
  const order: HostOrder = { databaseUrl: url, ...dataset }
  const program = inRepository('scripts', 'bench', 'factory', 'editor-host.ts')
  const { code, output } = await capture(process.execPath, [program, JSON.stringify(order)], { signal })
  if (code !== 0) throw new Error(`the stand-in ended with exit code ${code}.\n${output}`)
  const report: HostReport = JSON.parse(output.trim().split('\n').at(-1) ?? '')
  return {
    columns: ['', 'p50', 'p99', 'max'],
    rows: [['while seeding', round(report.p50), round(report.p99), round(report.max)]],
    goals: [
      {
        name: 'Longest time that the event loop was held up',
        measured: `${round(report.max)} ms`,
        goal: `≤ ${mostMillis} ms`,
        met: report.max <= mostMillis,
        note: `${report.reports} progress reports, ${round(report.rowsPerSecond / 1000)} thousand rows/s`,
      },
    ],
  }
}
