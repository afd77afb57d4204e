import * as l10n from '@vscode/l10n'
import { childCountsSql } from './child-counts.ts'
import type { ChildReference, DatabaseKind, Database, Ledger, SeedTarget } from './database.ts'
import { guardTarget, postgresDefaults } from './guards/target.ts'
import { findCopy, makeCopy, removeCopy } from './postgres/copy.ts'
import { countDependents, type Ownership } from './postgres/dependents.ts'
import type { Connection } from './postgres/connection.ts'
import { codeOf } from './postgres/failures.ts'
import { keyGuard, keysTaken, moveSegment, untouchedSegment } from './postgres/held-keys.ts'
import { introspect } from './postgres/introspection.ts'
import { dropLedger, readLedger, readTables, recordRun, type StoredTable } from './postgres/ledger.ts'
import { fullName } from './postgres/names.ts'
import { isForeign } from './postgres/own-rows.ts'
import { patiently, putAway, putBack, withPutAway } from './postgres/put-away.ts'
import { appendChunk, probeChunk } from './postgres/rows.ts'
import { Session, writerCount } from './postgres/session.ts'
import { quoted } from './postgres/sql.ts'
import { readStorage, type TableStorage } from './postgres/storage.ts'
import {
  joinChunks,
  prepareRemoval,
  type Removal,
  removeAll,
  removeYoungest,
  tidyUp,
} from './postgres/undo.ts'
import { readKeys, readValues } from './postgres/values.ts'
import { Failure } from '../../model/failure.ts'
import type { Schema, Table } from '../../model/schema.ts'

/** PostgreSQL servers on this machine. */
export const postgres: DatabaseKind = {
  id: 'postgres',
  schemes: ['postgres', 'postgresql'],
  exampleUrl: 'postgres://user:password@localhost:5432/app',
  open: async (url) => {
    const target = await guardTarget(url, postgresDefaults)
    return new PostgresDatabase(await Session.open(target), target.display, writerCount)
  },
  copies: { make: makeCopy, find: findCopy, remove: removeCopy },
}

interface StoredOwnership extends Ownership {
  readonly own: ReadonlyMap<string, StoredTable>
}

/** The connections of one opened database: one that leads, and those that write. */
export interface OpenSession extends Pick<
  Session,
  'lock' | 'unlock' | 'closeWriters' | 'close' | 'freeBytes'
> {
  readonly lead: Connection
  /** Runs `work` on a connection for writing. */
  write(work: (writer: Connection) => Promise<void>, signal: AbortSignal): Promise<void>
}

/** A PostgreSQL, in a server or inside this process. */
export class PostgresDatabase implements Database {
  readonly dialect = 'postgres'
  readonly display: string
  readonly writers: number
  private readonly session: OpenSession
  private readonly removals = new Map<string, { readonly how: Removal; removed: number }>()
  private storage: Promise<ReadonlyMap<string, TableStorage>> | null = null
  private ownership: Ownership | null = null
  private areKeysFree = true
  /** The last chunk of a table that refers to itself. */
  private turn: Promise<void> = Promise.resolve()

  constructor(session: OpenSession, display: string, writers: number) {
    this.session = session
    this.display = display
    this.writers = writers
  }

  get keepsReservedKeysFree(): boolean {
    return this.areKeysFree
  }

  async readSchema(): Promise<Schema> {
    const { lead } = this.session
    const { tables } = await readLedger(lead)
    const foreignRows = new Map(tables.map((table) => [table.table, isForeign(table, 't')]))
    return withPutAway(lead, await introspect((sql, values) => lead.query(sql, values), { foreignRows }))
  }

  async readValues(table: Table, column: string, limit: number) {
    return readValues(this.session.lead, table, await this.storageOf(table.name), column, limit)
  }

  async readChildCounts({ parent, key, child, column }: ChildReference, places: readonly number[]) {
    const [parents, children] = [await this.storageOf(parent.name), await this.storageOf(child.name)]
    const reference = {
      parent: fullName(parents),
      key: quoted(key),
      child: fullName(children),
      column: quoted(column),
    }
    const rows = await this.session.lead.query(childCountsSql(reference, places))
    return rows.map((row) => ({ value: String(row.v), rows: Number(row.n) }))
  }

  async readKeys(
    table: Table,
    columns: readonly string[],
    options: { readonly limit: number; readonly foreignOnly: boolean },
  ) {
    const { tables } = options.foreignOnly ? await readLedger(this.session.lead) : { tables: [] }
    const own = tables.find((known) => known.table === table.name)
    const storage = await this.storageOf(table.name)
    return readKeys(this.session.lead, table, storage, columns, { limit: options.limit, own })
  }

  async readLedger(): Promise<Ledger> {
    const ledger = await readLedger(this.session.lead)
    this.areKeysFree = ledger.tables.every(hasMovedCounter)
    return ledger
  }

  freeBytes(): Promise<number | null> {
    return this.session.freeBytes()
  }

  async beginRun(plan: Parameters<Database['beginRun']>[0], targets: readonly SeedTarget[]): Promise<number> {
    const { lead } = this.session
    await this.session.lock()
    const stored = await this.stored(targets)
    return patiently(() => lead.transaction(() => recordRun(lead, plan, stored)))
  }

  async probe(...[chunk, indices]: Parameters<Database['probe']>) {
    return probeChunk(this.session.lead, chunk, indices, await this.storageOf(chunk.table.name))
  }

  async putAway(...[targets, onStep]: Parameters<Database['putAway']>): Promise<void> {
    await this.session.lock()
    this.turn = Promise.resolve()
    await putAway(this.session.lead, await this.stored(targets), await this.readSchema(), onStep)
  }

  async append(...[chunk, signal]: Parameters<Database['append']>): Promise<void> {
    const { name, foreignKeys } = chunk.table
    const storage = await this.storageOf(name)
    const keyList = chunk.key.kind === 'list' ? await this.keyListOf(name) : null
    const segment =
      this.areKeysFree || chunk.key.kind === 'list' ? null : await untouchedSegment(this.session.lead, chunk)
    const first = segment === null ? [] : keyGuard(storage, chunk, segment)
    const work = () =>
      this.session
        .write((writer) => appendChunk(writer, chunk, { storage, keyList, first }, signal), signal)
        .catch(async (error: unknown) => {
          if (segment === null || codeOf(error) !== keysTaken) throw error
          await moveSegment(this.session.lead, storage, chunk, segment)
          throw keysMoved(name)
        })
    if (!foreignKeys.some(({ referencedTable }) => referencedTable === name)) return work()
    // Rows refer to earlier ones, which must be committed before: one after the other, and none after one that failed.
    this.turn = this.turn.then(work)
    return this.turn
  }

  async putBack(...[onStep]: Parameters<Database['putBack']>): Promise<void> {
    const { lead } = this.session
    const { tables } = await readLedger(lead)
    if (tables.length === 0) return
    await this.session.lock()
    await this.session.closeWriters()
    await putBack(lead, await this.storages(), onStep)
  }

  async finishRun(run: number): Promise<void> {
    const { lead } = this.session
    await lead.transaction(
      () => lead.query('UPDATE headroom.run SET finished = true WHERE run = $1', [run]),
      { durable: true },
    )
    await this.session.unlock()
  }

  async findDependents() {
    const ownership = await this.readOwnership()
    const found = []
    for (const table of ownership.own.values()) {
      if (table.made.length > 0) found.push(...(await countDependents(this.session.lead, ownership, table)))
    }
    return found
  }

  async removeChunk(name: string, maxRows: number, signal: AbortSignal): Promise<number | null> {
    if (signal.aborted) throw new Failure('HR_STOPPED', l10n.t('Stopped before more rows were removed.'))
    await this.session.lock()
    const { lead } = this.session
    const ownership = await this.readOwnership()
    const table = ownership.own.get(name)
    const removal = this.removals.get(name)
    if (table === undefined || table.made.length === 0) {
      await tidyUp(lead, ownership.storage.get(name), removal?.removed ?? 0)
      return null
    }
    const { how } = removal ?? (await this.prepare(table, ownership))
    const removed = await patiently(() => removeYoungest(lead, ownership, table, how, maxRows))
    this.removals.set(name, { how, removed: (removal?.removed ?? 0) + removed })
    return removed
  }

  async removeAll(name: string): Promise<number | null> {
    await this.session.lock()
    const ownership = await this.readOwnership()
    const table = ownership.own.get(name)
    return table === undefined ? null : removeAll(this.session.lead, ownership, table)
  }

  async dropLedger(): Promise<void> {
    const { lead } = this.session
    const storage = await this.storages()
    await this.session.lock()
    await putBack(lead, storage, () => {})
    await patiently(() => lead.transaction(() => dropLedger(lead, storage), { durable: true }))
    await this.session.unlock()
  }

  close(): Promise<void> {
    return this.session.close()
  }

  private async prepare(table: StoredTable, ownership: Ownership) {
    const how = await prepareRemoval(this.session.lead, ownership, table)
    await joinChunks(this.session.lead, table)
    return { how }
  }

  /** Tables and references are read once; what of the rows is left, each time. */
  private async readOwnership(): Promise<StoredOwnership> {
    const { schema, storage } = this.ownership ?? {
      schema: await this.readSchema(),
      storage: await this.storages(),
    }
    const tables = await readTables(this.session.lead)
    const own = new Map(tables.map((table) => [table.table, table]))
    this.ownership = { schema, storage, own }
    return { schema, storage, own }
  }

  private storages(): Promise<ReadonlyMap<string, TableStorage>> {
    return (this.storage ??= readStorage((sql, values) => this.session.lead.query(sql, values)))
  }

  private async storageOf(name: string): Promise<TableStorage> {
    const storage = (await this.storages()).get(name)
    if (storage !== undefined) return storage
    throw new Failure('HR_SEED_PLAN', l10n.t('There is no table `{0}` any more. Plan again.', name))
  }

  private async stored(targets: readonly SeedTarget[]) {
    return Promise.all(
      targets.map(async (target) => ({ target, storage: await this.storageOf(target.table.name) })),
    )
  }

  private readonly keyLists = new Map<string, number>()

  private async keyListOf(name: string): Promise<number | null> {
    const known = this.keyLists.get(name)
    if (known !== undefined) return known
    const [row] = await this.session.lead.query('SELECT number FROM headroom.seeded WHERE table_name = $1', [
      name,
    ])
    if (row === undefined) return null
    this.keyLists.set(name, Number(row.number))
    return Number(row.number)
  }
}

function keysMoved(table: string): Failure {
  return new Failure(
    'HR_SEED_KEYS_MOVED',
    l10n.t('Another program took keys of `{0}` that were set aside.', table),
  )
}

/** Whether the application takes its next key from a counter that stands behind Headroom's keys. */
function hasMovedCounter({ key, sequences }: StoredTable): boolean {
  return (
    key.kind === 'list' ||
    sequences.some(({ column, movedTo }) => column === key.columns[0] && movedTo !== null)
  )
}
