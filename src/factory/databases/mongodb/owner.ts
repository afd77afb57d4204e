import { randomUUID } from 'node:crypto'
import * as l10n from '@vscode/l10n'
import { MongoServerError } from 'mongodb'
import { Failure } from '../../../model/failure.ts'
import { ageSeconds } from '../guards/local-process.ts'
import type { Connection } from './connection.ts'
import { ledgerCollections } from './ledger.ts'

/** The one Headroom process that changes the database. */
interface OwnerEntry {
  readonly _id: 'owner'
  readonly token: string
  readonly pid: number
  /** In milliseconds since 1970; tells a process from a later one with the same id. */
  readonly startedAt: number
}

const tolerance = 5_000
const duplicate = 11_000
/** Of this process: one whose connection was lost could not give its right back. */
const held = new Set<string>()

/**
 * The right to change a database, which one Headroom process has at a time. MongoDB has no locks of its own for that: a
 * document says whose it is. Its owner is a process of this machine; one that is gone left it behind when it was killed.
 */
export class Ownership {
  private readonly connection: Connection
  private readonly token = randomUUID()
  private isOwn = false

  constructor(connection: Connection) {
    this.connection = connection
  }

  /** Throws `HR_SEED_BUSY` while another process has it. */
  async own(): Promise<void> {
    if (this.isOwn) return
    const mine: OwnerEntry = {
      _id: 'owner',
      token: this.token,
      pid: process.pid,
      startedAt: Date.now() - process.uptime() * 1000,
    }
    const other = await this.connection.with((db) =>
      db.collection<OwnerEntry>(ledgerCollections.owner).findOne({ _id: 'owner' }),
    )
    if (other !== null && (await isRunning(other))) throw busy()
    const { _id, ...said } = mine
    const taken = await this.connection.with(async (db) => {
      const owners = db.collection<OwnerEntry>(ledgerCollections.owner)
      // Of several that want it now, one finds what it saw.
      if (other !== null)
        return (await owners.replaceOne({ _id, token: other.token }, said)).modifiedCount === 1
      return owners.insertOne(mine).then(
        () => true,
        (error: unknown) => {
          if (error instanceof MongoServerError && error.code === duplicate) return false
          throw error
        },
      )
    })
    if (!taken) throw busy()
    this.isOwn = true
    held.add(this.token)
  }

  /** Gives it back; the collection goes with it where nothing else of the ledger is there. */
  async release(): Promise<void> {
    if (!this.isOwn) return
    this.isOwn = false
    held.delete(this.token)
    await this.connection.with(async (db) => {
      await db.collection<OwnerEntry>(ledgerCollections.owner).deleteOne({ _id: 'owner', token: this.token })
      const rest = await db.listCollections({ name: ledgerCollections.runs }, { nameOnly: true }).toArray()
      if (rest.length === 0) await db.dropCollection(ledgerCollections.owner)
    })
  }
}

async function isRunning({ pid, startedAt, token }: OwnerEntry): Promise<boolean> {
  if (pid === process.pid) return held.has(token)
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Of another user's process only the right to end it is missing.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const age = await ageSeconds(pid)
  return age === null || Math.abs(Date.now() - age * 1000 - startedAt) <= tolerance
}

function busy(): Failure {
  return new Failure(
    'HR_SEED_BUSY',
    l10n.t('Another Headroom run is changing this database. Wait until it is done, then try again.'),
  )
}
