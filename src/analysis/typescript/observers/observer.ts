import type { CallExpression, Node } from 'ts-morph'
import type { SiteDetail } from '../../sites.ts'
import type { QueryBehind } from '../call-graph.ts'
import type { Framework } from '../frameworks/framework.ts'
import type { FunctionNode, Invocation } from '../functions.ts'
import type { Orm, Query } from '../orms/orm.ts'
import type { Program } from '../program.ts'
import type { Resolver } from '../resolver.ts'

/** A function that a route reaches, and what is known about it. */
export interface Scope {
  readonly fn: FunctionNode
  /** The calls that run when the function runs, callbacks included, in source order. */
  readonly calls: readonly CallExpression[]
  /** These calls, and the queries that are written as tagged templates. */
  readonly invocations: readonly Invocation[]
  /** The queries among these. */
  readonly queries: ReadonlyMap<Invocation, { readonly orm: Orm; readonly query: Query }>
  /** The queries that a call leads to: its own, or those of the functions it runs. */
  readonly queriesBehind: (call: Invocation) => readonly QueryBehind[]
  /** Whether a call of a function of this project leads to a query of one of the kinds, up to the depth that is followed. */
  readonly leadsToQuery: (call: Invocation, isOfKind: (query: Query) => boolean) => boolean
  /** Where the route is registered; null for functions that only other code calls. */
  readonly registration: Node | null
  /** The framework of the route; a function that several reach is observed for the first. */
  readonly framework: Framework
  /** Whether it is a handler or middleware itself, not a function that these call. */
  readonly isHandler: boolean
  /** Whether a route was seen to reach it; not so only for observers that look {@link Observer.beyondCalls}. */
  readonly isReached: boolean
  readonly program: Program
  readonly resolver: Resolver
}

/** Something seen: where, and what it is. */
export interface Observation {
  readonly node: Node
  readonly detail: SiteDetail
}

/** Finds sites of one or a few related kinds. Knows nothing of rules; never decides what is reported. */
export interface Observer {
  readonly id: string
  /** What stands in one function that a route reaches. */
  observe?(scope: Scope): Observation[]
  /**
   * Whether functions are observed too that no call is seen to lead to, in files that route files import: deep services,
   * listeners. For what is wrong wherever it runs.
   */
  readonly beyondCalls?: true
  /** Whether what it sees in the application counts only in files that route files import, and not in scripts beside it. */
  readonly behindRoutes?: true
  /** What concerns the application as a whole; called once, only where there are routes. */
  observeProgram?(program: Program, resolver: Resolver): Observation[]
}
