import type { Schema, Table } from '../../model/schema.ts'
import type { SqlValue } from '../sql-value.ts'

/**
 * How the rows that Headroom made are told from all others.
 * `range`: one integer column whose values are allotted in unbroken ranges. `list`: every key is kept.
 */
export interface RowKey {
  readonly kind: 'range' | 'list'
  readonly columns: readonly string[]
}

/** Rows of one table that one transaction added: row `firstIndex` has the key `firstKey`, the next one `firstKey + 1`. */
export interface Segment {
  readonly firstIndex: number
  readonly rows: number
  readonly firstKey: number
}

export interface LedgerTable {
  readonly table: string
  readonly key: RowKey
  /** In order of index, without gaps. */
  readonly segments: readonly Segment[]
  /** The first free number of each numbered unique column, as it was before Headroom's first row. */
  readonly sequenceStarts: Readonly<Record<string, number>>
}

/** All rows that Headroom has made and not yet removed. */
export interface Ledger {
  /** Null where nothing was ever seeded. */
  readonly seed: number | null
  readonly tables: readonly LedgerTable[]
}

/** A table that is about to be seeded. */
export interface SeedTarget {
  readonly table: Table
  readonly key: RowKey
  /** Columns whose values are numbered from the first free number on. */
  readonly sequences: readonly string[]
}

export interface ChunkColumn {
  readonly name: string
  /** The value in the row of that index. */
  readonly valueOf: (index: number) => SqlValue
}

/** Rows to add in one transaction, together with their ledger row. */
export interface Chunk {
  readonly run: number
  readonly table: string
  readonly key: RowKey
  readonly firstIndex: number
  readonly rows: number
  readonly columns: readonly ChunkColumn[]
  /** Told the first key that is free, before any value is asked for. */
  readonly onFirstKey: (firstKey: number) => void
}

/** Rows that somebody else made and that refer to rows that Headroom made. */
export interface Dependents {
  readonly table: string
  readonly referencedTable: string
  readonly rows: number
}

/** Distinct values of a column, spread evenly over all of them; `total` is how many there are. */
export interface ColumnValues {
  readonly values: string[]
  readonly total: number
}

/**
 * A database on this machine, open for one operation. Methods throw a `Failure` for what the user can mend
 * (locked, read-only, full, a constraint that generated rows break), and leave no transaction open.
 */
export interface Database {
  readonly dialect: string
  /** The database without credentials, as people may see it. */
  readonly display: string
  readSchema(): Promise<Schema>
  readValues(table: Table, column: string, limit: number): Promise<ColumnValues>
  /** Keys in key order, at most `limit`; `foreignOnly` leaves out rows that Headroom made. */
  readKeys(
    table: Table,
    columns: readonly string[],
    options: { readonly limit: number; readonly foreignOnly: boolean },
  ): Promise<readonly (readonly SqlValue[])[]>
  readLedger(): Promise<Ledger>
  /** Records that a run begins, with what must be restored when it is undone. Gives the run's number. */
  beginRun(seed: number, targets: readonly SeedTarget[]): Promise<number>
  /** Inserts the rows of these indices and takes them back: the database itself says whether they are valid. */
  probe(chunk: Chunk, indices: readonly number[]): Promise<void>
  /** Adds rows and their ledger row in one transaction. */
  append(chunk: Chunk, signal: AbortSignal): Promise<void>
  /** Rows of others that refer to rows of the ledger. Empty when an undo is safe. */
  findDependents(): Promise<readonly Dependents[]>
  /** Removes up to `maxRows` of the table's youngest rows with their ledger entries in one transaction; gives the number of rows removed, or null when the ledger has none left. */
  removeChunk(table: string, maxRows: number, signal: AbortSignal): Promise<number | null>
  /** Restores the counters that the ledger remembers and drops it. Only when it is empty. */
  dropLedger(): Promise<void>
  close(): void
}

/** One kind of database. Adding one is a file and a line in `index.ts`. */
export interface DatabaseKind {
  readonly id: string
  /** Without the colon. */
  readonly schemes: readonly string[]
  /** For messages: how such a URL looks. */
  readonly exampleUrl: string
  /** Opens what `url` names, relative paths against `root`. Throws a `Failure` and creates nothing where it does not exist or is not local. */
  open(url: string, root: string): Promise<Database>
}
