import * as l10n from '@vscode/l10n'
import { types } from 'pg'

import { Failure } from '../../../model/failure.ts'
import type { Connection, Row } from '../postgres/connection.ts'
import { CopyBuffer } from '../postgres/copy-buffer.ts'
import type { CopyRows, CopyStatement } from '../postgres/copy-load.ts'
import { explain } from '../postgres/failures.ts'
import { inTransaction, type TransactionOptions } from '../postgres/transaction.ts'
import type { Pglite, PgliteResult } from './package.ts'

/** Values come as the driver for servers gives them. */
const parsers = Object.fromEntries(
  Object.values(types.builtins).map((oid) => [oid, (text: string) => types.getTypeParser(oid, 'text')(text)]),
)

/** Pieces of the log that are not needed any more go, rather than wait for as much to be written again. */
const settings = `SET wal_recycle = off; SET statement_timeout = 0; SET client_min_messages = warning; SET timezone = 'UTC'; SET datestyle = 'ISO'; SET standard_conforming_strings = on`

/** The one session of a PGlite. Every method throws what {@link explain} makes of its refusal. */
export class PgliteConnection implements Connection {
  /** WebAssembly has 2 GB at most, of which the buffers of PostgreSQL are a part. */
  readonly mostIndexMegabytes = 64
  private readonly pglite: Pglite
  private readonly display: string
  private readonly buffer = new CopyBuffer()
  private isInTransaction = false

  private constructor(pglite: Pglite, display: string) {
    this.pglite = pglite
    this.display = display
  }

  /** Takes an open PGlite over, to close it with {@link close}. */
  static async over(pglite: Pglite, display: string): Promise<PgliteConnection> {
    const connection = new PgliteConnection(pglite, display)
    await connection.query(settings)
    return connection
  }

  async query(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.execute(sql, parameters)).rows
  }

  async run(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    return (await this.execute(sql, parameters)).affectedRows ?? 0
  }

  async transaction<T>(work: () => Promise<T>, options?: TransactionOptions): Promise<T> {
    this.isInTransaction = true
    try {
      return await inTransaction((sql) => this.query(sql), work, options)
    } finally {
      this.isInTransaction = false
    }
  }

  /** Runs statements with COPYs among them as one transaction. An abort of `signal` is heard between them. */
  async copy(statements: readonly (string | CopyStatement)[], signal: AbortSignal): Promise<void> {
    const work = async () => {
      for (const statement of statements) {
        if (signal.aborted)
          throw new Failure(
            'HR_STOPPED',
            l10n.t('Stopped before the rows were complete: they were taken back.'),
          )
        if (typeof statement === 'string') await this.query(statement)
        else await this.copyInto(statement)
      }
    }
    return this.isInTransaction ? work() : this.transaction(work)
  }

  async close(): Promise<void> {
    await this.pglite.close()
  }

  private async copyInto({ into, format, rows }: CopyStatement): Promise<void> {
    const sql = `COPY ${into} FROM '/dev/blob' (FORMAT ${format})`
    const blob = new Blob([...this.portions(rows)])
    try {
      await this.pglite.query(sql, [], { blob })
    } catch (error) {
      throw explain(error, this.display)
    }
  }

  private portions(rows: CopyRows): readonly Uint8Array<ArrayBuffer>[] {
    const { buffer } = this
    const portions: Uint8Array<ArrayBuffer>[] = []
    const empty = () => {
      portions.push(new Uint8Array(buffer.content))
      buffer.clear()
    }
    buffer.clear()
    rows.begin(buffer)
    while (rows.next(buffer)) if (buffer.isFull) empty()
    rows.end(buffer)
    empty()
    return portions
  }

  private async execute(sql: string, parameters: readonly unknown[]): Promise<PgliteResult> {
    try {
      if (parameters.length > 0) return await this.pglite.query(sql, [...parameters], { parsers })
      const results = await this.pglite.exec(sql, { parsers })
      return results.at(-1) ?? { rows: [] }
    } catch (error) {
      throw explain(error, this.display)
    }
  }
}
