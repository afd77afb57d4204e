import { createHash } from 'node:crypto'
import * as l10n from '@vscode/l10n'
import type { Connection as Session, ConnectionOptions, ResultSetHeader, RowDataPacket } from 'mysql2/promise'
import { Failure } from '../../../model/failure.ts'
import { guardMysql } from '../guards/mysql.ts'
import { ownEndOf } from '../guards/session.ts'
import type { GuardedTarget } from '../guards/target.ts'
import { codeOf, explain } from './failures.ts'
import { execution, statementNumber } from './execution.ts'
import { RowBuffer } from './row-buffer.ts'
import { numberOrNull, text } from './sql.ts'

export type Row = Readonly<Record<string, unknown>>

/** What a statement that gives no rows did. */
export interface Outcome {
  readonly affectedRows: number
}

/** Long enough for the application's usual transactions, short enough to say what is wrong while people wait. */
const lockPatienceSeconds = 5
/** A run that was killed holds its lock until the server has noticed. */
const runPatienceSeconds = 3
const connectPatienceMillis = 10_000
/** A chunk ends by itself within this time, unless it waits for somebody's lock. */
const stopPatienceMillis = 250
const mostDeadlocks = 5
/** Each of them takes some memory of the server's for each of its parameters. */
const mostPrepared = 8

/** Strict, so that no value is ever changed to fit; times are UTC. */
const settings = {
  sql_mode: `'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'`,
  time_zone: `'+00:00'`,
  autocommit: '1',
  lock_wait_timeout: String(lockPatienceSeconds),
  innodb_lock_wait_timeout: String(lockPatienceSeconds),
  net_read_timeout: '600',
  net_write_timeout: '600',
}
/** Settings that only some servers know. */
const furtherSettings = {
  // MySQL: what it tells about tables is as old as a day otherwise.
  information_schema_stats_expiry: '0',
  // MariaDB: nothing cuts a long step short.
  max_statement_time: '0',
  max_execution_time: '0',
  idle_transaction_timeout: '0',
}

/** One session of a MySQL or MariaDB server. Every method throws what {@link explain} makes of the server's refusal. */
export class Connection {
  readonly target: GuardedTarget
  /** False for MySQL. */
  readonly isMariadb: boolean
  /** For rows: while one is sent, the other is written. */
  readonly rowBuffers = [new RowBuffer(), new RowBuffer()] as const
  private readonly session: Session
  private readonly prepared = new Map<string, number>()
  private ownsRun = false
  private foreignKeys = true
  private checks = true
  private isClosed = false

  private constructor(target: GuardedTarget, session: Session, facts: Row) {
    this.target = target
    this.session = session
    this.isMariadb = /mariadb/i.test(text(facts.version))
  }

  /** Connects to what the guards let through, and has them look at the server itself before anything else is asked of it. */
  static async open(target: GuardedTarget): Promise<Connection> {
    let session: Session | null = null
    try {
      session = await openSession(target)
      const query = async (sql: string) => rowsOf(await session?.query(sql))
      await guardMysql(query, target, ownEndOf(streamOf(session)))
      const [facts = {}] = await query('SELECT VERSION() AS version')
      const connection = new Connection(target, session, facts)
      await connection.configure()
      return connection
    } catch (error) {
      session?.destroy()
      throw explain(error, target.display)
    }
  }

  private async configure(): Promise<void> {
    const known = await this.rows('SHOW SESSION VARIABLES WHERE Variable_name IN (?)', [
      Object.keys(furtherSettings),
    ])
    const names = new Set(known.map((row) => text(row.Variable_name)))
    const further = Object.entries(furtherSettings).filter(([name]) => names.has(name))
    const all = [...Object.entries(settings), ...further].map(([name, value]) => `SESSION ${name} = ${value}`)
    await this.run(`SET NAMES utf8mb4, ${all.join(', ')}`)
  }

  /** The rows of one statement. A list among the parameters stands for its elements, separated by commas. */
  async rows(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.guarded(async () => rowsOf(await this.session.query<RowDataPacket[]>(sql, [...parameters])))
  }

  /** The number in the first row's column `n`, or null where there is no row or it is NULL. */
  async number(sql: string, parameters: readonly unknown[] = []): Promise<number | null> {
    return numberOrNull((await this.rows(sql, parameters))[0]?.n)
  }

  /** Runs one statement. */
  async run(sql: string, parameters: readonly unknown[] = []): Promise<Outcome> {
    return this.guarded(async () =>
      outcomeOf((await this.session.query<ResultSetHeader>(sql, [...parameters]))[0]),
    )
  }

  /** Prepares a statement, or finds it prepared: the last few are kept. Gives its number on the server. */
  async prepare(sql: string): Promise<number> {
    const known = this.prepared.get(sql)
    if (known !== undefined) return known
    return this.guarded(async () => {
      const number = statementNumber(await this.session.prepare(sql))
      this.prepared.set(sql, number)
      const [oldest = ''] = this.prepared.keys()
      if (this.prepared.size > mostPrepared && this.prepared.delete(oldest)) this.session.unprepare(oldest)
      return number
    })
  }

  /** Runs a prepared statement with the parameters that a {@link RowBuffer} has in its packet. */
  async send(packet: Buffer): Promise<void> {
    return this.guarded(() => execution(this.session, packet))
  }

  /** Has foreign keys enforced in this session, or not, from the next statement on. */
  async enforceForeignKeys(wanted: boolean): Promise<void> {
    if (wanted === this.foreignKeys) return
    await this.run(`SET SESSION foreign_key_checks = ${wanted ? 1 : 0}`)
    this.foreignKeys = wanted
  }

  /** Has checks of tables enforced in this session, or not, from the next statement on. MariaDB only. */
  async enforceChecks(wanted: boolean): Promise<void> {
    if (wanted === this.checks) return
    await this.run(`SET SESSION check_constraint_checks = ${wanted ? 1 : 0}`)
    this.checks = wanted
  }

  /** Has statements wait for a table that others use for so many seconds; null for as long as usual. */
  async waitForTables(seconds: number | null): Promise<void> {
    await this.run(`SET SESSION lock_wait_timeout = ${seconds ?? lockPatienceSeconds}`)
  }

  /**
   * Runs `work` in a transaction and commits it, or rolls back when `work` throws or asks for it by `keep: false`. Tries
   * again after a deadlock. An abort of `signal` before it begins, or while it waits for somebody's lock, ends it with
   * `HR_STOPPED`.
   */
  async transaction<T>(
    work: () => Promise<T>,
    { signal, keep = true }: { readonly signal?: AbortSignal; readonly keep?: boolean } = {},
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (isAborted(signal)) throw stopped()
      const stopWaiting = this.interruptAfter(signal)
      try {
        await this.run('START TRANSACTION')
        const result = await work()
        await this.run(keep ? 'COMMIT' : 'ROLLBACK')
        return result
      } catch (error) {
        // A connection that is lost has rolled back by itself.
        await this.run('ROLLBACK').catch(() => {})
        if (isAborted(signal) && isInterruption(error)) throw stopped()
        if (codeOf(error) !== 'ER_LOCK_DEADLOCK' || attempt === mostDeadlocks) throw error
      } finally {
        await stopWaiting()
      }
    }
  }

  /** Lets this session be the only one that seeds or undoes here, until it ends. Throws `HR_SEED_BUSY`. */
  async own(): Promise<void> {
    if (this.ownsRun) return
    await this.lock('run')
    // A killed run's second session may end after its first one, with a chunk that it commits.
    await this.lock('second')
    await this.rows('DO RELEASE_LOCK(?)', [this.lockName('second')])
    this.ownsRun = true
  }

  /** Makes this the second session of the run that another session owns. Throws `HR_SEED_BUSY`. */
  async assist(): Promise<void> {
    await this.lock('second')
  }

  private async lock(part: 'run' | 'second'): Promise<void> {
    const got = await this.number('SELECT GET_LOCK(?, ?) AS n', [this.lockName(part), runPatienceSeconds])
    if (got === 1) return
    throw new Failure(
      'HR_SEED_BUSY',
      l10n.t('Another Headroom run is changing this database. Wait until it is done, then try again.'),
    )
  }

  private lockName(part: 'run' | 'second'): string {
    const database = createHash('sha256').update(this.target.database).digest('hex').slice(0, 32)
    return part === 'run' ? `headroom:${database}` : `headroom:${database}:${part}`
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    await this.session.end().catch(() => this.session.destroy())
  }

  /** After an abort, ends a statement that takes long. Gives what ends the watching. */
  private interruptAfter(signal: AbortSignal | undefined): () => Promise<void> {
    if (signal === undefined) return async () => {}
    let timer: NodeJS.Timeout | undefined
    let interruption: Promise<void> = Promise.resolve()
    const watch = () => {
      timer = setTimeout(() => {
        interruption = this.interrupt()
      }, stopPatienceMillis)
    }
    signal.addEventListener('abort', watch, { once: true })
    return async () => {
      signal.removeEventListener('abort', watch)
      clearTimeout(timer)
      await interruption
    }
  }

  private async interrupt(): Promise<void> {
    try {
      const other = await openSession(this.target)
      await other.query(`KILL QUERY ${this.session.threadId}`).finally(() => other.destroy())
    } catch {
      // The statement has ended by itself, or ends with its wait for the lock.
    }
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw explain(error, this.target.display)
    }
  }
}

async function openSession(target: GuardedTarget): Promise<Session> {
  // Loaded on demand: SQLite's users need none of it.
  const { createConnection } = await import('mysql2/promise')
  const place: ConnectionOptions =
    target.socketPath === null
      ? { host: target.address ?? '127.0.0.1', port: target.port }
      : { socketPath: target.socketPath }
  const session = await createConnection({
    ...place,
    user: target.user,
    password: target.password,
    database: target.database,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    jsonStrings: true,
    supportBigNumbers: true,
    connectTimeout: connectPatienceMillis,
    // No file is ever sent, whatever the server asks for; executions have no attributes: see `RowBuffer`.
    flags: ['-LOCAL_FILES', '-CLIENT_QUERY_ATTRIBUTES'],
    ...(wantsEncryption(target) ? { ssl: { rejectUnauthorized: false } } : {}),
  })
  // What a lost connection means is said by the call that was under way, or by the next.
  session.on('error', () => {})
  return session
}

function wantsEncryption({ parameters }: GuardedTarget): boolean {
  const wish = parameters.ssl ?? parameters.sslmode ?? parameters['ssl-mode'] ?? ''
  return /^(?:true|1|require|required|verify.*|.*rejectUnauthorized.*)$/i.test(wish)
}

/** mysql2's promise wrapper keeps the connection, and that its socket, without telling TypeScript. */
function streamOf(session: Session): unknown {
  const core: unknown = Reflect.get(session, 'connection')
  return typeof core === 'object' && core !== null ? Reflect.get(core, 'stream') : undefined
}

function rowsOf(answer: readonly unknown[] | undefined): readonly Row[] {
  const rows = answer?.[0]
  return Array.isArray(rows) ? rows : []
}

function outcomeOf({ affectedRows }: ResultSetHeader): Outcome {
  return { affectedRows }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

function isInterruption(error: unknown): boolean {
  return /^ER_QUERY_INTERRUPTED$|^ER_LOCK_WAIT_TIMEOUT$|^ER_STATEMENT_TIMEOUT$/.test(codeOf(error))
}

function stopped(): Failure {
  return new Failure('HR_STOPPED', l10n.t('Stopped before the rows were complete: they were taken back.'))
}
