import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { DocumentModel } from '../../model/document-model.ts'
import type { Copies, Database, DatabaseKind } from './database.ts'
import { requireLocalServer, schemeOf } from './location.ts'
import { mongodb } from './mongodb.ts'
import { mysql } from './mysql.ts'
import { pglite } from './pglite.ts'
import { postgres } from './postgres.ts'
import { sqlite } from './sqlite.ts'

export const databaseKinds = [
  sqlite,
  postgres,
  mysql,
  pglite,
  mongodb,
] as const satisfies readonly DatabaseKind[]

const serverNames: Readonly<Record<string, string>> = {
  mssql: 'SQL Server',
  sqlserver: 'SQL Server',
}

/**
 * Opens the database that `url` names; relative paths are resolved against `root`. `models` are what the code says of its
 * documents.
 * Throws a `Failure`: `HR_DATABASE_NOT_LOCAL`, `HR_DATABASE_UNSUPPORTED`, `HR_DATABASE_URL`, or what the kind's own `open` throws.
 */
export async function openDatabase(
  url: string,
  root: string,
  models: readonly DocumentModel[] = [],
): Promise<Database> {
  return kindOf(url, root).open(url.trim(), root, models)
}

/** How databases like the one of `url` are copied. Throws as {@link openDatabase}, and `HR_COPY_UNSUPPORTED` where they are not. */
export function copiesOf(url: string, root: string): Copies {
  const { copies, exampleUrl } = kindOf(url, root)
  if (copies !== undefined) return copies
  throw new Failure(
    'HR_COPY_UNSUPPORTED',
    l10n.t('Databases like {0} cannot be copied. Nothing was written.', exampleUrl),
  )
}

function kindOf(url: string, root: string): DatabaseKind {
  const trimmed = url.trim()
  const kinds: readonly DatabaseKind[] = databaseKinds
  const owner = kinds.find((kind) => kind.recognises?.(trimmed, root))
  if (owner !== undefined) return owner
  const scheme = schemeOf(trimmed)
  const supported = databaseKinds.map((kind) => kind.exampleUrl).join(', ')
  if (scheme === null) {
    throw new Failure(
      'HR_DATABASE_URL',
      l10n.t(
        'This does not look like a database URL. Headroom understands {0}, or the path of a .sqlite, .sqlite3 or .db file.',
        supported,
      ),
    )
  }
  const kind = kinds.find((candidate) => candidate.schemes.some((known) => known === scheme))
  if (kind !== undefined) return kind
  requireLocalServer(trimmed)
  const name = serverNames[scheme] ?? `\`${scheme}:\``
  throw new Failure(
    'HR_DATABASE_UNSUPPORTED',
    l10n.t(
      '{0} databases are not supported yet. Headroom can seed {1}. Nothing was written.',
      name,
      supported,
    ),
  )
}
