import * as l10n from '@vscode/l10n'
import { Client } from 'pg'

import { Failure } from '../../../model/failure.ts'
import { guardPostgres } from '../guards/postgres.ts'
import { ownEndOf } from '../guards/session.ts'
import type { GuardedTarget } from '../guards/target.ts'
import { CopyBuffers, CopyLoad, type CopyStatement } from './copy-load.ts'
import { codeOf, explain } from './failures.ts'
import { literal, quoted } from './sql.ts'
import { inTransaction, type TransactionOptions } from './transaction.ts'

export type Row = Readonly<Record<string, unknown>>

/** Long enough for the application's usual transactions, short enough to say what is wrong while people wait. */
const lockPatienceMillis = 5000
const connectPatienceMillis = 10_000

/**
 * For a load: no time limits but that on locks, commits that don't wait for the disk (the ledger's row is committed with
 * the rows that it speaks of, so both are lost or none), and a notice taken of this process's death even in mid-statement.
 */
const settings: Readonly<Record<string, string>> = {
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  lock_timeout: String(lockPatienceMillis),
  synchronous_commit: 'off',
  client_min_messages: 'warning',
  timezone: 'UTC',
  datestyle: 'ISO',
  standard_conforming_strings: 'on',
}
/** Settings that not every version knows, or not on every system. */
const newerSettings: Readonly<Record<string, string>> = {
  idle_session_timeout: '0',
  transaction_timeout: '0',
  client_connection_check_interval: '500',
}

/** One session, whether a server's or that of a PostgreSQL inside this process. */
export type Connection = Pick<
  ServerConnection,
  'query' | 'run' | 'transaction' | 'copy' | 'mostIndexMegabytes'
>

/** One session of a PostgreSQL server. Every method throws what {@link explain} makes of the server's refusal. */
export class ServerConnection {
  /** As much memory may making an index take. */
  readonly mostIndexMegabytes: number = 1024
  readonly target: GuardedTarget
  private readonly client: Client
  private readonly buffers = new CopyBuffers()
  private process = 0
  private lost = false
  private isClosed = false

  private constructor(target: GuardedTarget, client: Client) {
    this.target = target
    this.client = client
  }

  /** Connects to what the guards let through, and has them look at the server itself before anything else is asked of it. */
  static async open(target: GuardedTarget): Promise<ServerConnection> {
    const client = new Client({
      host: target.socketPath ?? target.address ?? '127.0.0.1',
      port: target.port,
      database: target.database,
      user: target.user,
      ...(target.password === '' ? {} : { password: target.password }),
      ssl: /^(?:require|verify-ca|verify-full|no-verify)$/.test(target.parameters.sslmode ?? '')
        ? { rejectUnauthorized: false }
        : false,
      application_name: 'headroom',
      connectionTimeoutMillis: connectPatienceMillis,
      keepAlive: true,
    })
    // What a lost connection means is said by the call that was under way, or by the next.
    const connection = new ServerConnection(target, client)
    client.on('error', () => {
      connection.lost = true
    })
    try {
      await client.connect()
      await guardPostgres((sql) => connection.query(sql), target, ownEndOf(client.connection.stream))
      await connection.configure()
    } catch (error) {
      await connection.close()
      throw explain(error, target.display)
    }
    return connection
  }

  private async configure(): Promise<void> {
    const { schema } = this.target.parameters
    // As Prisma reads its URLs.
    const path = schema === undefined ? {} : { search_path: quoted(schema) }
    const assignments = Object.entries({ ...settings, ...path }).map(
      ([name, value]) => `pg_catalog.set_config('${name}', ${literal(value)}, false)`,
    )
    const [session] = await this.query(`SELECT pg_catalog.pg_backend_pid() AS pid, ${assignments.join(', ')}`)
    this.process = Number(session?.pid)
    for (const [name, value] of Object.entries(newerSettings)) {
      await this.query(`SELECT pg_catalog.set_config($1, $2, false)`, [name, value]).catch(
        (error: unknown) => {
          if (!/^(?:42704|22023)$/.test(codeOf(error))) throw error
        },
      )
    }
  }

  /** The rows of one statement. */
  async query(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    try {
      const result =
        parameters.length === 0
          ? await this.client.query<Row>(sql)
          : await this.client.query<Row>(sql, [...parameters])
      return result.rows
    } catch (error) {
      throw explain(error, this.target.display)
    }
  }

  /** Runs one statement; gives the number of rows it changed. */
  async run(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    try {
      const result = await this.client.query(sql, [...parameters])
      return result.rowCount ?? 0
    } catch (error) {
      throw explain(error, this.target.display)
    }
  }

  /**
   * Runs `work` in a transaction and commits it, or rolls back when `work` throws or asks for it by `keep: false`. What is
   * `durable` has reached the disk, and all before it, once this is done.
   */
  transaction<T>(work: () => Promise<T>, options?: TransactionOptions): Promise<T> {
    return inTransaction((sql) => this.query(sql), work, options)
  }

  /** Runs statements with COPYs among them as one transaction. Throws `HR_STOPPED`, with nothing done, after an abort of `signal`. */
  async copy(statements: readonly (string | CopyStatement)[], signal: AbortSignal): Promise<void> {
    const load = new CopyLoad(statements, this.buffers, signal)
    this.client.query(load)
    try {
      await load.done
    } catch (error) {
      if (signal.aborted && (codeOf(error) === '57014' || error === signal.reason)) {
        throw new Failure(
          'HR_STOPPED',
          l10n.t('Stopped before the rows were complete: they were taken back.'),
        )
      }
      throw explain(error, this.target.display)
    }
  }

  /** The server's number of this session. */
  get processId(): number {
    return this.process
  }

  /** Whether the server or the network has ended the session. */
  get isLost(): boolean {
    return this.lost
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    await this.client.end().catch(() => {})
  }
}
