import type { Span } from '../model/source.ts'
import type { Call, Loop } from './facts.ts'

/** A place in the code that isn't a query but may be a defect; what it is says its `detail`. */
export interface Site {
  readonly id: string
  readonly span: Span
  /** What stands there, shortened: `axios.get`. */
  readonly text: string
  /** Ids of the handlers that reach it; none for what concerns the whole application. */
  readonly handlers: readonly string[]
  /** The calls that lead from the first of the handlers to the function it stands in. */
  readonly path: readonly Call[]
  /** The loops around it and around the calls of the path, outermost first. */
  readonly loops: readonly Loop[]
  readonly detail: SiteDetail
}

/** What an observer saw, by kind. Language-neutral: rules decide whether it is a defect. */
export type SiteDetail =
  /** A call that holds the thread. `hasPromiseForm`: whether the same API has an asynchronous form usable here. */
  | { readonly kind: 'blocking-call'; readonly api: string; readonly hasPromiseForm: boolean }
  /** A request to another service. `isIdempotent`: whether it may be repeated. */
  | {
      readonly kind: 'outbound-call'
      readonly client: string
      readonly method: string | null
      readonly hasTimeout: boolean
      readonly hasRetry: boolean
      readonly isIdempotent: boolean
    }
  /** A handler whose rejected promise nobody handles: the request then never gets an answer. */
  | { readonly kind: 'unhandled-rejection' }
  /** A `catch` that takes an error of a query or service and goes on as if nothing had happened. `writes`: whether rows may be missing. */
  | { readonly kind: 'swallowed-error'; readonly writes: boolean; readonly as: 'nothing' | 'data' }
  /** `forEach` with an asynchronous callback, for whose work nobody waits. */
  | { readonly kind: 'async-for-each' }
  /** A query whose promise is used as if it were the rows, or whose end nobody waits for. */
  | { readonly kind: 'unawaited-query'; readonly usedAsValue: boolean }
  /** An answer is sent, and code that sends another one follows. */
  | { readonly kind: 'double-response' }
  /** A handler is left before an answer was sent. */
  | { readonly kind: 'missing-response' }
  /** A server starts to listen. `stops`: whether something in its package ends it on a signal. */
  | { readonly kind: 'server-start'; readonly stops: boolean }
  /** State of the module that requests change. */
  | { readonly kind: 'module-state'; readonly name: string; readonly bounded: boolean }
  /** A database client is made. `where`: in the module that is there for it, in another one beside it, or for every call. */
  | {
      readonly kind: 'client-made'
      readonly client: string
      readonly where: 'own-module' | 'second-module' | 'per-call'
    }
  /** What the client of the API sends reaches a write, and nothing looked at it before. */
  | { readonly kind: 'raw-body-write'; readonly whole: boolean }
  /** Asynchronous work for every item of a list. `fromRequest`: the client chooses how many; `capped`: something limits them. */
  | {
      readonly kind: 'fan-out'
      readonly items: string
      /** The id of the loop, as queries inside it have it among theirs. */
      readonly loop: string
      readonly fromRequest: boolean
      readonly capped: boolean
    }
  /** Reads that don't depend on each other wait for each other. `reads`: how many there are in a row. */
  | { readonly kind: 'sequential-reads'; readonly reads: number; readonly previous: string }
  /** Rows are read into a variable, and nothing reads it. */
  | { readonly kind: 'unread-rows' }
  /** A query that ran before, with the same arguments, and nothing was written in between. */
  | { readonly kind: 'repeated-read'; readonly firstLine: number }
  /** The first of several writes that belong together and can't be undone together. */
  | { readonly kind: 'separate-writes'; readonly tables: readonly (string | null)[]; readonly writes: number }
  /**
   * Rows are looked for and written if there are none. `columns`: what is compared; none for a list inside the row that
   * is looked at. Whether the database would refuse a second row say the tables.
   */
  | {
      readonly kind: 'check-then-write'
      readonly orm: string
      readonly table: string | null
      readonly columns: readonly string[]
      readonly embedded: boolean
    }
  /** A value of a row that was read is changed and written back. `atomic`: whether it could be changed where it is. */
  | { readonly kind: 'read-modify-write'; readonly column: string; readonly table: string | null }
  /** A schema checks the size of a page that the client asks for, and sets no maximum. */
  | { readonly kind: 'uncapped-page-schema'; readonly name: string }
  /** A call of another service, made while a transaction is open. */
  | { readonly kind: 'call-in-transaction'; readonly transaction: string }
  /** Something outside is charged, sent or ordered, and rows are written, with nothing that recognises a repetition. */
  | { readonly kind: 'unrepeatable-effect'; readonly api: string }
  /** A route's registration with one handler. `limited`: whether something limits how often it may be asked; `repeatable`: whether repetitions are recognised. */
  | {
      readonly kind: 'route-registration'
      readonly framework: string
      readonly limited: boolean
      readonly repeatable: boolean
    }
  /** An application is made. `logs`: whether its package logs in a structured way already. */
  | { readonly kind: 'application'; readonly framework: string; readonly logs: boolean }
