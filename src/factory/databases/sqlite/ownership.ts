import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

/**
 * Where the lock of a database file is: a file of its own, since SQLite's own lock is held for one transaction only and
 * the application needs its turn in between. The system releases it when its holder dies.
 */
export function ownershipFile(databasePath: string): string {
  const name = createHash('sha256').update(realpathSync(databasePath)).digest('hex').slice(0, 32)
  return join(tmpdir(), `headroom-${process.getuid?.() ?? 'user'}-${name}.lock`)
}

/** Takes the lock until the connection is closed; false where another process, or another operation, has it. */
export function takeOwnership(lock: DatabaseSync, isBusy: (error: unknown) => boolean): boolean {
  try {
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (isBusy(error)) return false
    throw error
  }
}
