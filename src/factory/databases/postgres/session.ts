import { statfs } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../../model/failure.ts'
import { ownerKind } from '../guards/owner-kinds.ts'
import type { GuardedTarget } from '../guards/target.ts'
import { ServerConnection } from './connection.ts'

/** "head" in ASCII: tells Headroom's advisory locks from the application's. */
const lockSpace = 0x68656164
/** Held by the one that changes the database. */
const changeLock = 1
/** Shared by the connections that write rows: those of a killed process may still be at work when the next one starts. */
const writeLock = 2
const lockPatienceMillis = 3000
const lockPauseMillis = 50
export const writerCount = 2

/** The connections of one opened database: one that leads, and those that write. */
export class Session {
  readonly lead: ServerConnection
  private readonly target: GuardedTarget
  private idle: ServerConnection[] = []
  private isLocked = false

  private constructor(target: GuardedTarget, lead: ServerConnection) {
    this.target = target
    this.lead = lead
  }

  static async open(target: GuardedTarget): Promise<Session> {
    return new Session(target, await ServerConnection.open(target))
  }

  /**
   * Makes sure that nobody else's run is in progress, until {@link unlock}. Throws `HR_SEED_BUSY` where there is one; a
   * process that was killed a moment ago is waited for until the server has noticed.
   */
  async lock(): Promise<void> {
    if (this.isLocked) return
    const giveUpAt = performance.now() + lockPatienceMillis
    while (!(await this.tryLock(changeLock))) await this.busyPause(giveUpAt)
    this.isLocked = true
    try {
      while (!(await this.tryLock(writeLock))) await this.busyPause(giveUpAt)
      await this.release(writeLock)
    } catch (error) {
      await this.unlock()
      throw error
    }
  }

  async unlock(): Promise<void> {
    if (!this.isLocked) return
    this.isLocked = false
    await this.release(changeLock)
  }

  /** Runs `work` on a connection for writing. What it does is cancelled at the server where `signal` is aborted. */
  async write(work: (writer: ServerConnection) => Promise<void>, signal: AbortSignal): Promise<void> {
    const writer = this.idle.pop() ?? (await this.openWriter())
    const cancel = () => {
      this.lead.query('SELECT pg_catalog.pg_cancel_backend($1)', [writer.processId]).catch(() => {})
    }
    signal.addEventListener('abort', cancel, { once: true })
    try {
      await work(writer)
    } finally {
      signal.removeEventListener('abort', cancel)
      if (writer.isLost) await writer.close()
      else this.idle.push(writer)
    }
  }

  /** Ends the connections for writing, with what they hold. */
  async closeWriters(): Promise<void> {
    const writers = this.idle
    this.idle = []
    await Promise.all(writers.map((writer) => writer.close()))
  }

  async close(): Promise<void> {
    await this.closeWriters()
    await this.lead.close()
  }

  /** Free bytes where the server keeps its data, where that is a folder of this machine; else null. */
  async freeBytes(): Promise<number | null> {
    // What its path names in a container is another folder here.
    if (this.target.owners.some((owner) => ownerKind(owner) === 'container-proxy')) return null
    try {
      const [row] = await this.lead.query('SHOW data_directory')
      const { bavail, bsize } = await statfs(String(row?.data_directory))
      return bavail * bsize
    } catch {
      // Not for this user to know.
      return null
    }
  }

  private async openWriter(): Promise<ServerConnection> {
    const writer = await ServerConnection.open(this.target)
    await writer.query(`SELECT pg_catalog.pg_advisory_lock_shared(${lockSpace}, ${writeLock})`)
    return writer
  }

  private async tryLock(lock: number): Promise<boolean> {
    const [row] = await this.lead.query(
      `SELECT pg_catalog.pg_try_advisory_lock(${lockSpace}, ${lock}) AS got`,
    )
    return row?.got === true
  }

  private async release(lock: number): Promise<void> {
    await this.lead.query(`SELECT pg_catalog.pg_advisory_unlock(${lockSpace}, ${lock})`)
  }

  private async busyPause(giveUpAt: number): Promise<void> {
    if (performance.now() > giveUpAt) {
      throw new Failure(
        'HR_SEED_BUSY',
        l10n.t('Another Headroom run is changing this database. Wait until it is done, then try again.'),
      )
    }
    await sleep(lockPauseMillis)
  }
}
