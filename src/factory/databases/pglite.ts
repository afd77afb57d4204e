import type { DatabaseKind } from './database.ts'
import { findCopy, makeCopy, removeCopy } from './pglite/copy.ts'
import { findDataDirectory, isDataDirectory } from './pglite/directory.ts'
import { PgliteSession } from './pglite/session.ts'
import { PostgresDatabase } from './postgres.ts'

/** Data directories of PGlite, the PostgreSQL that runs inside the application. */
export const pglite: DatabaseKind = {
  id: 'pglite',
  schemes: ['pglite', 'memory'],
  exampleUrl: 'pglite:./pgdata',
  recognises: isDataDirectory,
  open: async (url, root) => {
    const directory = findDataDirectory(url, root)
    return new PostgresDatabase(await PgliteSession.open(directory, root), directory.display, 1)
  },
  copies: { make: makeCopy, find: findCopy, remove: removeCopy },
}
