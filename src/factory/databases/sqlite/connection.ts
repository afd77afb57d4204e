import { setTimeout as sleep } from 'node:timers/promises'
import type * as Sqlite from 'node:sqlite'
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../../model/failure.ts'
import { codes, explain, resultCode } from './errors.ts'
import type { SqliteFile } from './file.ts'
import { ownershipFile, takeOwnership } from './ownership.ts'

export type Row = Readonly<Record<string, SQLOutputValue>>

/** How long one attempt to get the lock may block this thread: Stop has to be heard in between. */
const lockAttemptMillis = 100
/** A look at the database waits for a commit of the application, which takes as long as its disk does. */
const readPatienceMillis = 5000
const lockPatienceMillis = 10_000
const cacheKilobytes = 65_536
/** SQLite sorts in portions of the cache's size: faster where one fits into the processor's, and on a thread beside the one that reads. */
const sortingKilobytes = 4000
const sortingThreads = 1
/** 128 MB of 4 KB pages. SQLite's default of 4 MB writes the same index pages again and again: 80k rows/s instead of 260k. */
const checkpointPages = 32_768

/** One connection to a SQLite file through `node:sqlite`, which must be Node ≥ 22.13. */
export class Connection {
  readonly file: SqliteFile
  private readonly database: DatabaseSync
  private lock: DatabaseSync | null = null
  private hasWritten = false
  private isClosed = false

  private constructor(file: SqliteFile, database: DatabaseSync) {
    this.file = file
    this.database = database
  }

  /** Opens an existing file. Throws `HR_SQLITE_MISSING` where this Node has no SQLite, or what {@link explain} makes of SQLite's refusal. */
  static async open(file: SqliteFile): Promise<Connection> {
    const sqlite = await loadSqlite()
    try {
      const database = new sqlite.DatabaseSync(file.path, { enableDoubleQuotedStringLiterals: true })
      const connection = new Connection(file, database)
      database.exec(`PRAGMA busy_timeout = ${readPatienceMillis}`)
      database.exec(`PRAGMA cache_size = -${cacheKilobytes}`)
      database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
      // A copy that the system loses with its power is made again. On the user's own file durability is the user's.
      if (copyEnding.test(file.path) && isCopy(connection)) database.exec('PRAGMA synchronous = OFF')
      return connection
    } catch (error) {
      throw explain(error, file.display)
    }
  }

  /** Writes the database as it is now to a file that does not exist yet, marked as a copy. */
  async copyTo(path: string): Promise<void> {
    const [mode] = this.all('PRAGMA journal_mode')
    await this.patiently(`VACUUM INTO '${path.replaceAll("'", "''")}'`, undefined)
    const sqlite = await loadSqlite()
    this.guarded(() => {
      const copy = new sqlite.DatabaseSync(path)
      try {
        if (mode?.journal_mode === 'wal') copy.exec('PRAGMA journal_mode = WAL')
        copy.exec(`PRAGMA synchronous = OFF; CREATE TABLE ${copyTable} (format INTEGER)`)
      } finally {
        copy.close()
      }
    })
  }

  /** Whether no other program is writing, or, in write-ahead mode, has the file open. Takes the file out of that mode. */
  isAlone(): boolean {
    try {
      this.database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE; ROLLBACK')
      return true
    } catch (error) {
      if (resultCode(error) === codes.busy || resultCode(error) === codes.locked) return false
      throw explain(error, this.file.display)
    }
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    if (this.hasWritten) this.checkpoint()
    this.database.close()
    this.lock?.close()
  }

  /**
   * Makes this connection the only one that seeds or undoes until it is closed, whichever process the others are in.
   * Throws `HR_SEED_BUSY` where another one is.
   */
  async own(): Promise<void> {
    if (this.lock !== null) return
    const sqlite = await loadSqlite()
    const lock = new sqlite.DatabaseSync(ownershipFile(this.file.path))
    if (takeOwnership(lock, (error) => resultCode(error) === codes.busy)) {
      this.lock = lock
      return
    }
    lock.close()
    throw new Failure(
      'HR_SEED_BUSY',
      l10n.t('Another Headroom run is changing this database. Wait until it is done, then try again.'),
    )
  }

  /** Empties the write-ahead log as far as other connections let it, so that the app need not do it at its next write. */
  private checkpoint(): void {
    try {
      this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (error) {
      if (resultCode(error) !== codes.busy && resultCode(error) !== codes.locked)
        throw explain(error, this.file.display)
    }
  }

  /** All rows of a query. Integers beyond 2^53 come as bigint when `bigints` is set, else the query fails. */
  all(
    sql: string,
    parameters: readonly SQLInputValue[] = [],
    options: { bigints?: boolean } = {},
  ): readonly Row[] {
    return this.guarded(() => {
      const statement = this.database.prepare(sql)
      if (options.bigints === true) statement.setReadBigInts(true)
      return statement.all(...parameters)
    })
  }

  /** The integer in the first row's column `n`, or null where there is no row or it is NULL. */
  number(sql: string, parameters: readonly SQLInputValue[] = []): number | null {
    const value = this.all(sql, parameters)[0]?.n
    return value === null || value === undefined ? null : Number(value)
  }

  /** Runs one statement; gives the number of rows it changed. */
  run(sql: string, parameters: readonly SQLInputValue[] = []): number {
    return this.guarded(() => Number(this.database.prepare(sql).run(...parameters).changes))
  }

  /** Runs a statement that sorts many rows, such as CREATE INDEX. */
  runSorting(sql: string): void {
    this.guarded(() => {
      this.database.exec(`PRAGMA cache_size = -${sortingKilobytes}; PRAGMA threads = ${sortingThreads}`)
      this.database.exec(sql)
      this.database.exec(`PRAGMA cache_size = -${cacheKilobytes}`)
    })
  }

  /** A prepared statement as a function of its parameters, for many calls inside one transaction. */
  prepare(sql: string): (parameters: readonly SQLInputValue[]) => void {
    const statement = this.guarded(() => this.database.prepare(sql))
    return (parameters) => {
      statement.run(...parameters)
    }
  }

  /**
   * Runs `work` in a write transaction and commits it, or rolls back when `work` throws or asks for it by `keep: false`.
   * Waits up to ten seconds for other writers without blocking for longer than a tenth of one; an abort of `signal` ends
   * the wait with `HR_STOPPED`, but never interrupts `work`.
   */
  async transaction<T>(
    work: () => T,
    options: { readonly signal?: AbortSignal; readonly foreignKeys: boolean; readonly keep?: boolean },
  ): Promise<T> {
    this.guarded(() => this.database.exec(`PRAGMA foreign_keys = ${options.foreignKeys ? 'ON' : 'OFF'}`))
    await this.patiently('BEGIN IMMEDIATE', options.signal)
    try {
      const result = work()
      if (options.keep === false) this.database.exec('ROLLBACK')
      else {
        await this.patiently('COMMIT', options.signal)
        this.hasWritten = true
      }
      return result
    } catch (error) {
      this.rollBack()
      throw explain(error, this.file.display)
    }
  }

  /** Some errors, such as a full disk, have already rolled the transaction back. */
  private rollBack(): void {
    try {
      this.database.exec('ROLLBACK')
    } catch (error) {
      if (resultCode(error) !== codes.error) throw explain(error, this.file.display)
    }
  }

  private async patiently(statement: string, signal: AbortSignal | undefined): Promise<void> {
    const giveUpAt = performance.now() + lockPatienceMillis
    for (;;) {
      try {
        this.attempt(statement)
        return
      } catch (error) {
        if (resultCode(error) !== codes.busy || performance.now() > giveUpAt)
          throw explain(error, this.file.display)
        if (signal?.aborted === true) {
          throw new Failure(
            'HR_STOPPED',
            l10n.t('Stopped while waiting for another program to release the database.'),
          )
        }
        await sleep(10)
      }
    }
  }

  private attempt(statement: string): void {
    try {
      this.database.exec(`PRAGMA busy_timeout = ${lockAttemptMillis}`)
      this.database.exec(statement)
    } finally {
      this.database.exec(`PRAGMA busy_timeout = ${readPatienceMillis}`)
    }
  }

  private guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw explain(error, this.file.display)
    }
  }
}

/** An empty table tells a copy that Headroom made from the user's files, also from those that are called like one. */
const copyTable = 'headroom_copy'
const copyEnding = /\.[a-z0-9-]+\.sqlite$/i

/** Whether Headroom made this file as a copy of another one. */
export function isCopy(connection: Connection): boolean {
  return connection.number('SELECT 1 AS n FROM sqlite_schema WHERE name = ?', [copyTable]) !== null
}

async function loadSqlite(): Promise<Pick<typeof Sqlite, 'DatabaseSync'>> {
  try {
    return await import('node:sqlite')
  } catch (error) {
    throw new Failure(
      'HR_SQLITE_MISSING',
      l10n.t(
        'SQLite databases need Node 22.13 or newer with its built-in SQLite; this is Node {0}.',
        process.versions.node,
      ),
      { cause: error },
    )
  }
}

/** A name quoted for SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Names quoted and separated by commas, each after `prefix`. */
export function quotedList(names: readonly string[], prefix = ''): string {
  return names.map((name) => prefix + quoted(name)).join(', ')
}
