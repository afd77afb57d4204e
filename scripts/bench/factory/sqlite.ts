import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { capture, temporaryFolder } from '../../lifetime.ts'
import type { Section, SectionContext, SectionReport } from '../section.ts'
import { rowsOf, sqliteTables } from './dataset.ts'
import { seedWithHeadroom } from './headroom.ts'
import { sideBySide } from './side-by-side.ts'

const dataset = { users: 2000, activitiesEach: 500 }
const rounds = 3
const roundSeconds = 20
const goalTimes = 1.2

/**
 * Headroom beside SQLite's own command line, which reads CSV files that were made before, with the same strategy: the index
 * away, load, back again, the planner's statistics from a sample of the same size. Headroom fills a copy of the database, as
 * it does by default, and the time includes making it. Copies can be made again, so neither side waits for the disk. In
 * turns, each into a new file.
 */
export const sqlite: Section = {
  id: 'sqlite',
  title:
    "1 million rows into a copy of a SQLite file, beside .import of SQLite's command line, both without syncs",
  seconds: () => rounds * roundSeconds,
  run: measure,
}

async function measure({ signal, progress }: SectionContext): Promise<SectionReport> {
  await using cleanup = new AsyncDisposableStack()
  const folder = cleanup.use(await temporaryFolder('headroom-sqlite-'))
  const csv = (table: string) => join(folder.path, `${table}.csv`)
  const own: number[] = []
  const imported: number[] = []
  for (let number = 1; number <= rounds; number += 1) {
    progress.step(`round ${number} of ${rounds}`, roundSeconds)
    const file = newDatabase(join(folder.path, `own-${number}.sqlite`))
    own.push((await seedWithHeadroom(`sqlite:${file}`, dataset, signal, 'DATABASE_URL')).rowsPerSecond)
    if (number === 1) {
      const tables = ['users', 'activities']
      await commandLine(`${file}.headroom.sqlite`, [
        '.mode csv',
        ...tables.flatMap((name) => [`.output ${csv(name)}`, `SELECT * FROM ${name};`]),
      ])
    }
    const beside = newDatabase(join(folder.path, `import-${number}.sqlite`))
    const beganAt = performance.now()
    await commandLine(beside, [
      'PRAGMA synchronous = OFF;',
      'DROP INDEX activities_user_id_created_at;',
      '.mode csv',
      `.import ${csv('users')} users`,
      `.import ${csv('activities')} activities`,
      'CREATE INDEX activities_user_id_created_at ON activities (user_id, created_at);',
      'PRAGMA analysis_limit = 1000;',
      'ANALYZE;',
    ])
    imported.push(rowsOf(dataset) / ((performance.now() - beganAt) / 1000))
    signal.throwIfAborted()
  }
  return sideBySide(
    { name: 'Headroom, copy, index and statistics included', rates: own },
    { name: '.import of CSV files, same strategy', rates: imported },
    { goal: 'Headroom beside .import', goalTimes },
  )
}

/** Analysed once, so that its statistics are kept up to date. */
function newDatabase(file: string): string {
  const database = new DatabaseSync(file)
  for (const statement of [...sqliteTables, 'ANALYZE']) database.exec(statement)
  database.close()
  return file
}

async function commandLine(file: string, lines: readonly string[]): Promise<void> {
  const { code, output } = await capture('sqlite3', [file, ...lines])
  if (code !== 0) throw new Error(`sqlite3 ended with exit code ${code}.\n${output}`)
}
