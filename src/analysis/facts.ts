import type { DocumentModel } from '../model/document-model.ts'
import type { Route } from '../model/route.ts'
import type { Span } from '../model/source.ts'
import type { Site } from './sites.ts'

/** Everything a rule may know about a code base. Plain data, the same for every language, framework and ORM. */
export interface Facts {
  readonly handlers: readonly Handler[]
  readonly queries: readonly QueryCall[]
  /** What isn't a query but may be a defect: calls of other services, blocking calls, swallowed errors … */
  readonly sites: readonly Site[]
  /** Tables as schemas and entities in the code declare them. */
  readonly tables: readonly Table[]
}

/** The code that answers one route, middleware included. */
export interface Handler {
  readonly id: string
  readonly route: Route
}

/**
 * What a query does. `one` reads at most one row, `many` rows, `count` their number, `aggregate` a few values computed
 * from them. Of the writes, `save` stores a row that was read before, in whole.
 */
export type Operation = 'one' | 'many' | 'count' | 'aggregate' | Write
export type Write = 'insert' | 'update' | 'upsert' | 'save' | 'delete'

/**
 * What keeps a read small: a limit, a limit that is there only if the client asks for it, a unique key, a list of keys,
 * or that its rows are streamed.
 */
export type Bound = 'limit' | 'optional-limit' | 'unique-key' | 'key-list' | 'stream'

/** A condition of a query: `equals` one value, `in` a list, or `other` (ranges, patterns, raw text). */
export interface Filter {
  readonly column: string
  readonly match: 'equals' | 'in' | 'other'
  /** Of a text pattern: that it starts with a wildcard, so that no ordinary index serves it. */
  readonly pattern?: 'leading-wildcard'
  /** Where the pattern stands, if that isn't the query itself. */
  readonly span?: Span
}

/** Rows of a related table that a read brings along. `many`: null where it isn't known whether they are several. */
export interface Include {
  readonly relation: string
  readonly many: boolean | null
  readonly bounded: boolean
  /** The columns it is restricted to, or null for all. */
  readonly columns: readonly string[] | null
  readonly span: Span
  /** Whether conditions of its own decide which related rows come along. */
  readonly filtered: boolean
  /** What becomes of the related rows, as far as it could be followed; absent for writes. */
  readonly uses?: readonly Use[]
}

/**
 * What becomes of the rows that a read gives, `filtered` in memory or not: sent to the client, counted, added up,
 * tested for presence, walked over, given to another query as the key it looks for, or handed to code that can't be followed.
 */
export interface Use {
  readonly kind: 'response' | 'count' | 'sum' | 'test' | 'property' | 'key' | 'other'
  readonly filtered: boolean
  /** Of filtered rows: whether only comparisons that a database could make too decide which rows are kept. */
  readonly comparable?: boolean
  /** Whether it is one of the rows that is used so, and not all of them. */
  readonly single?: true
  /** Of a count: whether it only tells if there are any rows. */
  readonly presence?: true
}

/**
 * Where the number of rows of a page comes from: `constant`, `capped` (asked for by the client, kept within a maximum),
 * `request` (whatever the client asks for), or `unknown`. `optional`: whether it may be left out, which means all rows.
 * `span` is where a maximum is missing, or where the limit stands.
 */
export interface PageSize {
  readonly source: 'constant' | 'capped' | 'request' | 'unknown'
  readonly optional: boolean
  readonly span: Span
}

/**
 * One way in which a handler comes to run one query: the same query reached by two routes, or by two calls of one
 * handler, is two query calls with one {@link site}.
 */
export interface QueryCall {
  readonly id: string
  /** Where the query stands in the source text: equal for all query calls of one query. */
  readonly site: string
  readonly handler: string
  readonly orm: string
  readonly table: string | null
  readonly operation: Operation
  /** Whether one statement writes many rows. */
  readonly bulk: boolean
  /** What bounds the number of rows, or null. */
  readonly bound: Bound | null
  readonly filters: readonly Filter[]
  /** The columns it is ordered by, none for no order, or null where the order can't be read. */
  readonly order: readonly string[] | null
  /** Whether it skips rows (`OFFSET`). */
  readonly skips: boolean
  /** Where its limit comes from, or null where it has none that can be read. */
  readonly pageSize: PageSize | null
  /** Whether its limit or total counts the rows of its joins, not those of its table. */
  readonly countsJoinedRows: boolean
  /** Whether the library sends one statement for all such queries that start at once (Prisma's `findUnique`). */
  readonly batchesInOneTick?: true
  readonly includes: readonly Include[]
  /** The columns it reads, or null for all. */
  readonly columns: readonly string[] | null
  /** What is read of the rows, where nothing but named properties of theirs is used; absent where a row goes anywhere as a whole. */
  readonly columnsRead?: readonly string[]
  readonly inTransaction: boolean
  readonly span: Span
  /** The calls that lead here: the first stands in the handler, the last is the query itself. */
  readonly path: readonly Call[]
  /** Index in the path of the outermost call that gives the rows on unchanged: where the code that uses them gets them. */
  readonly heldAt: number
  /** The loops around the calls of the path, outermost first. */
  readonly loops: readonly Loop[]
  /** Every use of what was read; empty where nothing uses it, and for writes. */
  readonly uses: readonly Use[]
  /** Whether the rows read here end up in the answer to the client. */
  readonly rowsReachResponse: boolean
}

/** A call on the way from a handler to a query or site. */
export interface Call {
  readonly id: string
  /** The callee as written, shortened: `storage.getPost`. */
  readonly text: string
  readonly span: Span
}

/**
 * What a loop walks over: `items` whose number data decides, a `constant` list, `chunks` of a list,
 * or nothing at all but the loop goes on `until` a condition holds (retry, poll, cursor, queue).
 */
export type LoopSource = 'items' | 'constant' | 'chunks' | 'until'

/** A loop around a call on the path to a query. */
export interface Loop {
  readonly id: string
  readonly source: LoopSource
  /** The name of one item, or null where it has none. */
  readonly item: string | null
  /** What is walked over, as written: `activities`. */
  readonly items: string | null
  /** Index in the query call's path of the call that stands in the loop. */
  readonly call: number
  /** Whether that call depends on the item. */
  readonly keyed: boolean
  /** Whether the loop is left as soon as the call found something. */
  readonly stopsWhenFound: boolean
  /** Whether the call is skipped for what a cache or map already holds. */
  readonly cached: boolean
  /** Whether the calls for all items start at once: `Promise.all(items.map(…))`. */
  readonly concurrent?: true
}

/** A table, collection or entity as the code declares it; `name` as queries name it. */
export interface Table {
  readonly name: string
  /** Its name in the database, where the code says another than the model's. */
  readonly storedAs?: string
  readonly orm: string
  readonly span: Span
  readonly columns: readonly Column[]
  readonly primaryKey: readonly string[]
  /** Sets of columns of which no two rows share the values, the primary key included. */
  readonly unique: readonly (readonly string[])[]
  /** The columns of every other index, in order. */
  readonly indexes: readonly (readonly string[])[]
  readonly relations: readonly Relation[]
  /** Whether the database indexes foreign keys by itself (MySQL's InnoDB), or null where it isn't known which it is. */
  readonly indexesForeignKeys: boolean | null
  /** What the model says of its documents, in a database that has no tables. */
  readonly document?: DocumentModel
}

/** A column of a table. */
export interface Column {
  readonly name: string
  /** Its name in the database, where the code says another. */
  readonly storedAs?: string
  readonly type: string | null
  readonly foreignKey: boolean
  readonly span: Span
}

/** How a table refers to another: `columns` of this table hold the key of the target, none where the target holds it. */
export interface Relation {
  readonly name: string
  readonly target: string
  readonly many: boolean
  readonly columns: readonly string[]
  readonly references: readonly string[]
  /** Whether every read brings it along. */
  readonly eager: boolean
  readonly span: Span
}

/** Whether an operation changes rows. */
export function isWrite(operation: Operation): operation is Write {
  return ['insert', 'update', 'upsert', 'save', 'delete'].includes(operation)
}
