import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../../model/failure.ts'
import type { OpenSession } from '../postgres.ts'
import { PgliteConnection } from './connection.ts'
import { type DataDirectory, freeBytes } from './directory.ts'
import { openPglite } from './package.ts'
import { copyDirectory } from './snapshot.ts'
import { hold, type Hold, inUse } from './users.ts'

/** PGlite never checkpoints by itself: without, its log would grow by all that is loaded. */
const checkpointBytes = 128 * 1024 ** 2
/** How often it is made sure that nobody else has opened the directory, at most so much of the time. */
const checkMillis = 500
const checkShare = 0.05
/** PGlite hangs on a full disk: it must not come to that between two checks. */
const leastFreeBytes = 512 * 1024 ** 2
const snapshotPrefix = 'headroom-pglite-'

/** What keeps a directory from being written to, and the copy of it that can be read. */
interface Snapshot {
  readonly directory: DataDirectory
  readonly because: Failure
}

/** A PGlite, opened for one operation: the directory itself, or for reading alone, a passing copy of one that is in use. */
export class PgliteSession implements OpenSession {
  readonly lead: PgliteConnection
  private readonly directory: DataDirectory
  private readonly held: Hold | null
  private readonly snapshot: Snapshot | null
  /** Where the log stood at the last checkpoint; null where nothing was written. */
  private checkpointAt: number | null = null
  private checkAt = 0
  private hasIntruder = false

  private constructor(
    lead: PgliteConnection,
    directory: DataDirectory,
    held: Hold | null,
    snapshot: Snapshot | null,
  ) {
    this.lead = lead
    this.directory = directory
    this.held = held
    this.snapshot = snapshot
  }

  static async open(directory: DataDirectory, root: string): Promise<PgliteSession> {
    const held = await hold(directory)
    if (!('pid' in held)) {
      try {
        const lead = await PgliteConnection.over(await openPglite(directory, root), directory.display)
        return new PgliteSession(lead, directory, held, null)
      } catch (error) {
        held[Symbol.dispose]()
        throw error
      }
    }
    const snapshot = { directory: await takeSnapshot(directory), because: inUse(directory, held) }
    try {
      const lead = await PgliteConnection.over(await openPglite(snapshot.directory, root), directory.display)
      return new PgliteSession(lead, directory, null, snapshot)
    } catch (error) {
      remove(snapshot.directory)
      throw error
    }
  }

  /** Throws what keeps this process from writing: called before each step that does. */
  async lock(): Promise<void> {
    if (this.snapshot !== null) throw this.snapshot.because
    const beganAt = performance.now()
    if (beganAt < this.checkAt) return
    try {
      await this.held?.check()
    } catch (error) {
      this.hasIntruder = true
      throw error
    }
    this.requireRoom()
    const checked = performance.now()
    this.checkAt = checked + Math.max(checkMillis, (checked - beganAt) / checkShare)
    await this.keepLogShort()
  }

  async unlock(): Promise<void> {}

  async write(work: (writer: PgliteConnection) => Promise<void>): Promise<void> {
    await this.lock()
    await work(this.lead)
  }

  async closeWriters(): Promise<void> {}

  async freeBytes(): Promise<number | null> {
    return freeBytes(this.directory.path)
  }

  async close(): Promise<void> {
    try {
      // Whoever has opened the directory meanwhile must not find one more write in it.
      if (!this.hasIntruder) await this.lead.close()
    } finally {
      this.held?.[Symbol.dispose]()
      if (this.snapshot !== null) remove(this.snapshot.directory)
    }
  }

  private requireRoom(): void {
    if (freeBytes(this.directory.path) >= leastFreeBytes) return
    throw new Failure(
      'HR_DATABASE_FULL',
      l10n.t(
        'The disk of {0} is nearly full. Free some space; the rows that it already got can be undone.',
        this.directory.display,
      ),
    )
  }

  private async keepLogShort(): Promise<void> {
    const [row] = await this.lead.query(
      `SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::float8 AS bytes`,
    )
    const bytes = Number(row?.bytes)
    this.checkpointAt ??= bytes
    if (bytes - this.checkpointAt < checkpointBytes) return
    await this.lead.query('CHECKPOINT')
    this.checkpointAt = bytes
  }
}

async function takeSnapshot(directory: DataDirectory): Promise<DataDirectory> {
  removeLeftovers()
  const path = join(mkdtempSync(join(tmpdir(), `${snapshotPrefix}${process.pid}-`)), 'data')
  const snapshot = { ...directory, path }
  try {
    await copyDirectory(directory, path, dirname(path))
    return snapshot
  } catch (error) {
    remove(snapshot)
    throw error
  }
}

function remove({ path }: DataDirectory): void {
  rmSync(dirname(path), { recursive: true, force: true })
}

/** Copies of processes that were killed. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(snapshotPrefix) ? Number.parseInt(name.slice(snapshotPrefix.length), 10) : NaN
    if (pid > 0 && !isRunning(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
