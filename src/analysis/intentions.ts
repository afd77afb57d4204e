/**
 * What a rule wants changed, without a word about how: a front end turns it into edits of the code at hand, or refuses
 * where the shape isn't proven. Ids are those of query calls and sites.
 */
export type Intention = QueryIntention | SiteIntention | TableIntention

export type QueryIntention =
  /** The query calls (all of one site) read a page that the client chooses, by offset or from a key on. */
  | {
      readonly kind: 'paginate'
      readonly queries: readonly string[]
      readonly page: PageLimits
      readonly by: 'offset' | 'key'
    }
  /** The query call is made once for all items of its innermost loop. */
  | { readonly kind: 'batch'; readonly query: string }
  /** The look-up in the innermost loop is dropped: the query that read the items brings its row along. */
  | { readonly kind: 'eager-load'; readonly query: string }
  /** The write is made once for all items of its innermost loop. */
  | { readonly kind: 'bulk-write'; readonly query: string }
  /** Rows that are only counted are counted by the database. */
  | { readonly kind: 'count'; readonly query: string }
  /** The query reads only the columns that are used. */
  | { readonly kind: 'select-columns'; readonly query: string }
  /** The page size that a client asks for is kept within limits. */
  | { readonly kind: 'cap-limit'; readonly queries: readonly string[]; readonly page: PageLimits }
  /** The order gets the primary key as its last column. */
  | { readonly kind: 'stable-order'; readonly query: string }

/** Changes at a site; each is one file in the front end's `rewrite/`. */
export interface SiteIntention {
  readonly kind: SiteFix
  readonly site: string
}

export type SiteFix =
  | 'add-timeout'
  | 'add-retry'
  | 'promise-form'
  | 'graceful-shutdown'
  | 'validate-body'
  | 'run-together'
  | 'atomic-update'
  | 'forward-errors'
  | 'add-await'
  | 'for-of'
  | 'cap-schema'
  | 'share-client'
  | 'return-after-response'
  | 'limit-fanout'
  | 'cache'
  | 'rate-limit'
  | 'structured-logs'
  | 'circuit-breaker'
  | 'idempotency-key'

/** Changes of the schema. */
export interface TableIntention {
  readonly kind: 'add-index'
  readonly orm: string
  readonly table: string
  readonly columns: readonly string[]
}

/** Rows a page has by default and at most. */
export interface PageLimits {
  readonly defaultLimit: number
  readonly maximumLimit: number
}
