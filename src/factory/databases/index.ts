import { Failure } from '../../model/failure.ts'
import type { Database, DatabaseKind } from './database.ts'
import { requireLocalServer, schemeOf } from './location.ts'
import { mysql } from './mysql.ts'
import { postgres } from './postgres.ts'
import { sqlite } from './sqlite.ts'

export const databaseKinds = [sqlite, postgres, mysql] as const satisfies readonly DatabaseKind[]

const serverNames: Readonly<Record<string, string>> = {
  mongodb: 'MongoDB',
  'mongodb+srv': 'MongoDB',
  mssql: 'SQL Server',
  sqlserver: 'SQL Server',
}

/**
 * Opens the database that `url` names; relative paths are resolved against `root`.
 * Throws a `Failure`: `HR_DATABASE_NOT_LOCAL`, `HR_DATABASE_UNSUPPORTED`, `HR_DATABASE_URL`, or what the kind's own `open` throws.
 */
export async function openDatabase(url: string, root: string): Promise<Database> {
  const trimmed = url.trim()
  const scheme = schemeOf(trimmed)
  const supported = databaseKinds.map((kind) => kind.exampleUrl).join(', ')
  if (scheme === null) {
    throw new Failure(
      'HR_DATABASE_URL',
      `This does not look like a database URL. Headroom understands ${supported}, or the path of a .sqlite, .sqlite3 or .db file.`,
    )
  }
  const kind = databaseKinds.find((candidate) => candidate.schemes.some((known) => known === scheme))
  if (kind !== undefined) return kind.open(trimmed, root)
  requireLocalServer(trimmed)
  const name = serverNames[scheme] ?? `\`${scheme}:\``
  throw new Failure(
    'HR_DATABASE_UNSUPPORTED',
    `${name} databases are not supported yet. Headroom can seed ${supported}. Nothing was written.`,
  )
}
