import type { CallExpression, Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Bound, Filter, Operation } from '../../facts.ts'
import type { Resolver } from '../resolver.ts'

/** A query as an ORM's adapter reads it. */
export interface Query {
  readonly table: string | null
  readonly operation: Operation
  readonly bound: Bound | null
  readonly filters: readonly Filter[]
  readonly ordered: boolean
  /** The expression whose awaited value are the rows; the call itself unless the query is built up in steps. */
  readonly value: Node
}

/** Where a page comes from at a query: source text of two numbers. */
export interface PageSource {
  readonly limit: string
  readonly offset: string
  /** Source text of what is undefined when no page is asked for and all rows are wanted, or null. */
  readonly unless: string | null
}

/** A query for one row by its unique key, and how to read the rows for many keys at once. */
export interface Lookup {
  readonly column: string
  /** The expression that gives the key, as it stands in the query. */
  readonly key: Node
  /** Source text of the same query for a list of keys; `keys` is the source text of that list. */
  forKeys(keys: string): string
}

/** Code in which an adapter must recognise queries, one after another: `code` runs in a handler, below `setup`. */
export interface OrmExample {
  readonly setup: string
  readonly code: string
  readonly queries: readonly Pick<Query, 'table' | 'operation' | 'bound'>[]
}

/** One data access library: recognises its calls, and carries out intentions as edits. Knows nothing of rules. */
export interface Orm {
  readonly id: string
  readonly examples: readonly OrmExample[]
  /**
   * The query that a call is the outermost part of, or null. `callers` are the calls that led to the function it stands
   * in, innermost last, because a query may be completed by its caller.
   */
  recognise(call: CallExpression, resolver: Resolver, callers: readonly CallExpression[]): Query | null
  /** Edits that make a query read one page, or null where that can't be done. */
  paginate(call: CallExpression, query: Query, page: PageSource, resolver: Resolver): FileEdit[] | null
  /** The query as a look-up by the one unique key that `isKey` accepts, or null. */
  lookup(call: CallExpression, isKey: (value: Node) => boolean, resolver: Resolver): Lookup | null
}
