import type { DocumentModel } from '../../model/document-model.ts'
import type { Column, Schema, Table } from '../../model/schema.ts'
import type { SeedPlan } from '../../model/seed-plan.ts'
import type { SqlValue } from '../sql-value.ts'

/**
 * How the rows that Headroom made are told from all others.
 * `range`: one integer column whose values are set aside in unbroken ranges. `list`: every key is kept.
 */
export interface RowKey {
  readonly kind: 'range' | 'list'
  readonly columns: readonly string[]
}

/** Rows by their index: `firstIndex`, `firstIndex + 1`, … */
export interface Span {
  readonly firstIndex: number
  readonly rows: number
}

/**
 * What one run sets out to make in one table. Row `firstIndex + n` has the key `firstKey + n`, or, in a table whose keys
 * are listed, that number in the list.
 */
export interface Segment extends Span {
  readonly firstKey: number
}

export interface LedgerTable {
  readonly table: string
  readonly key: RowKey
  /** What runs have set out to make, in order of index, without gaps; its keys are nobody else's. */
  readonly reserved: readonly Segment[]
  /** What of it is in the table by now, in order of index. */
  readonly made: readonly Span[]
  /** The first free number of each numbered unique column, as it was before Headroom's first row. */
  readonly sequenceStarts: Readonly<Record<string, number>>
}

/** A run that was stopped or killed: resuming makes what is missing, undoing removes what is there. */
export interface UnfinishedRun {
  readonly run: number
  readonly plan: SeedPlan
}

/** All rows that Headroom has made and not yet removed. */
export interface Ledger {
  /** Null where nothing was ever seeded. */
  readonly seed: number | null
  readonly tables: readonly LedgerTable[]
  readonly unfinished: UnfinishedRun | null
}

/** A table that is about to be seeded. */
export interface SeedTarget {
  readonly table: Table
  readonly key: RowKey
  /** Rows to add. */
  readonly rows: number
  /** Columns whose values are numbered from the first free number on. */
  readonly sequences: readonly string[]
}

export interface ChunkColumn {
  readonly column: Column
  /**
   * The value in the row of that index, by the column's type: a number or bigint (`integer`), a number or decimal text
   * (`real`, `decimal`), 0 or 1 (`boolean`), what its `timeFormat` says (`datetime`, `date`), bytes (`blob`), a JSON text
   * (`json`, `array`), else a text.
   */
  readonly valueOf: (index: number) => SqlValue
}

/** Rows to add in one transaction, together with their ledger row. */
export interface Chunk extends Segment {
  readonly run: number
  readonly table: Table
  readonly key: RowKey
  readonly columns: readonly ChunkColumn[]
}

/** What a sample of rows took, to foresee what all of them will. */
export interface Probe {
  readonly rows: number
  /** Of the table and its indexes, for the sample; null where the database doesn't tell. */
  readonly bytes: number | null
  readonly millis: number
}

/** One of the things that are put away or put back around a load: "index activities_user_id_idx". */
export interface LoadStep {
  readonly name: string
  /** Steps done before this one, of all. */
  readonly done: number
  readonly total: number
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
  /** Rows that belong to each value, by its place, where they were counted. */
  readonly rows?: readonly number[]
  /** Values that no row has. */
  readonly missing?: readonly string[]
}

/** A reference by which one table's rows belong to another's. */
export interface ChildReference {
  readonly parent: Table
  readonly key: string
  readonly child: Table
  readonly column: string
}

/** A parent's key, and how many rows belong to it. */
export interface ChildCount {
  readonly value: string
  readonly rows: number
}

/**
 * A database on this machine, open for one operation. Methods throw a `Failure` for what the user can mend
 * (locked, read-only, full, a constraint that generated rows break), and leave no transaction open.
 */
export interface Database {
  readonly dialect: string
  /** The database without credentials, as people may see it. */
  readonly display: string
  /** How many chunks may be appended at the same time. */
  readonly writers: number
  /**
   * Whether keys that {@link beginRun} set aside stay free by themselves. Where not, a table's last row is made first, and
   * the application's own rows get keys behind it.
   */
  readonly keepsReservedKeysFree: boolean
  readSchema(): Promise<Schema>
  readValues(table: Table, column: string, limit: number): Promise<ColumnValues>
  /** Parents at these places, from 0, when they are ordered by their number of children, most first. */
  readChildCounts(reference: ChildReference, places: readonly number[]): Promise<readonly ChildCount[]>
  /** Keys in key order, at most `limit`; `foreignOnly` leaves out rows that Headroom made. */
  readKeys(
    table: Table,
    columns: readonly string[],
    options: { readonly limit: number; readonly foreignOnly: boolean },
  ): Promise<readonly (readonly SqlValue[])[]>
  /** Throws `HR_LEDGER_FORMAT` for one that another version wrote. */
  readLedger(): Promise<Ledger>
  /** Free bytes where the database keeps its data; null where that can't be told. */
  freeBytes(): Promise<number | null>
  /**
   * Records that a run begins, with its plan and what must be restored when it is undone, and sets the keys of its rows
   * aside. Gives the run's number. Throws `HR_SEED_BUSY` while another run is in progress.
   */
  beginRun(plan: SeedPlan, targets: readonly SeedTarget[]): Promise<number>
  /** Inserts the rows of these indices and takes them back: the database itself says whether they are valid. */
  probe(chunk: Chunk, indices: readonly number[]): Promise<Probe>
  /**
   * Puts away what would be maintained row by row (indexes, foreign keys), where that pays for so many rows; the ledger
   * keeps it verbatim before it goes. What is away already stays away.
   */
  putAway(targets: readonly SeedTarget[], onStep: (step: LoadStep) => void): Promise<void>
  /** Adds rows and their ledger row in one transaction. Throws `HR_STOPPED`, with nothing added, after an abort. */
  append(chunk: Chunk, signal: AbortSignal): Promise<void>
  /** Puts back all that the ledger says is away, and brings the planner's statistics up to date. */
  putBack(onStep: (step: LoadStep) => void): Promise<void>
  /** Records that the run is complete. */
  finishRun(run: number): Promise<void>
  /** Rows of others that refer to rows of the ledger. Empty when an undo is safe. */
  findDependents(): Promise<readonly Dependents[]>
  /** Removes up to `maxRows` of the table's youngest rows with their ledger entries in one transaction; gives the number of rows removed, or null when the ledger has none left. */
  removeChunk(table: string, maxRows: number, signal: AbortSignal): Promise<number | null>
  /**
   * Removes all that the ledger has of a table at once, where that takes no time: nobody else has rows in it, and nothing
   * refers to it. Null where they must go chunk by chunk.
   */
  removeAll?(table: string): Promise<number | null>
  /** Restores the counters that the ledger remembers and drops it. Only when it is empty. */
  dropLedger(): Promise<void>
  close(): Promise<void>
}

/**
 * Copies of a database that stand beside it, so that what is loaded and measured leaves the user's own rows alone. `name`
 * tells the copies of one database apart: letters, digits and hyphens. All take the URL of the database itself.
 */
export interface Copies {
  /**
   * Makes a copy as the database is at one moment, whatever others do meanwhile, and gives its URL, in the style of `url`.
   * Replaces an earlier one of that name; one that is half done is never found. Throws a `Failure` where there is no room
   * (`HR_COPY_SPACE`), a program uses the earlier one (`HR_COPY_IN_USE`), or what has its name is no copy (`HR_COPY_FOREIGN`).
   */
  make(url: string, root: string, name: string): Promise<string>
  /** The copy's URL, or null where there is none. */
  find(url: string, root: string, name: string): Promise<string | null>
  /** Removes the copy; nothing where there is none. Throws as {@link make}, but for room. */
  remove(url: string, root: string, name: string): Promise<void>
}

/** One kind of database. Adding one is a file and a line in `index.ts`. */
export interface DatabaseKind {
  readonly id: string
  /** Without the colon. */
  readonly schemes: readonly string[]
  /** For messages: how such a URL looks. */
  readonly exampleUrl: string
  /** Whether something that exists and that a bare path, or a URL of a scheme that others share, names is such a database. */
  recognises?(url: string, root: string): boolean
  /**
   * Opens what `url` names, relative paths against `root`; `models` are what the project's code says of documents, for
   * databases without a schema of their own. Throws a `Failure` and creates nothing where it does not exist or is not local.
   */
  open(url: string, root: string, models?: readonly DocumentModel[]): Promise<Database>
  /** Where such databases can be copied. */
  readonly copies?: Copies
}
