import type { Route } from '../model/route.ts'
import type { Span } from '../model/source.ts'

/** Everything a rule may know about a code base. Plain data, the same for every language, framework and ORM. */
export interface Facts {
  readonly handlers: readonly Handler[]
  readonly queries: readonly QueryCall[]
}

/** The code that answers one route, middleware included. */
export interface Handler {
  readonly id: string
  readonly route: Route
}

/** `one`: at most one row. `many`: rows. `aggregate`: a number or a few computed for a set of rows. */
export type Operation = 'one' | 'many' | 'count' | 'aggregate' | 'write'

/** What keeps a read small: a limit, a unique key, a list of keys, or that its rows are streamed. */
export type Bound = 'limit' | 'unique-key' | 'key-list' | 'stream'

/** A condition of a query: `equals` one value, `in` a list, or `other` (ranges, patterns, raw text). */
export interface Filter {
  readonly column: string
  readonly match: 'equals' | 'in' | 'other'
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
  /** What bounds the number of rows, or null. */
  readonly bound: Bound | null
  readonly filters: readonly Filter[]
  readonly ordered: boolean
  readonly span: Span
  /** The calls that lead here: the first stands in the handler, the last is the query itself. */
  readonly path: readonly Call[]
  /** The loops around the calls of the path, outermost first. */
  readonly loops: readonly Loop[]
  /** Whether the rows read here end up in the answer to the client. */
  readonly rowsReachResponse: boolean
}

/** A call on the way from a handler to a query. */
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
}

/**
 * What a rule wants changed, without a word about how: a front end turns it into edits of the code at hand, or refuses.
 * `paginate`: the query calls (all of one site) read a page that the client chooses. `batch`: the query call is made
 * once for all items of its innermost loop.
 */
export type Intention =
  | { readonly kind: 'paginate'; readonly queries: readonly string[]; readonly page: PageLimits }
  | { readonly kind: 'batch'; readonly query: string }

/** Rows a page has by default and at most. */
export interface PageLimits {
  readonly defaultLimit: number
  readonly maximumLimit: number
}
