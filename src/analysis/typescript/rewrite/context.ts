import type { Node } from 'ts-morph'
import type { Table } from '../../facts.ts'
import type { Site } from '../../sites.ts'
import type { TracedCall } from '../call-graph.ts'
import type { Framework } from '../frameworks/framework.ts'
import type { FunctionNode } from '../functions.ts'
import type { Program } from '../program.ts'
import type { Resolver } from '../resolver.ts'

/** The syntax behind a site; `fn` is null for what concerns the application as a whole. */
export interface TracedSite {
  readonly node: Node
  readonly fn: FunctionNode | null
  readonly framework: Framework | null
  readonly facts: Site
}

/** What carrying out an intention may look at. */
export interface Context {
  readonly program: Program
  readonly resolver: Resolver
  /** The syntax behind query calls, by their ids. */
  readonly calls: ReadonlyMap<string, TracedCall>
  /** The syntax behind sites, by their ids. */
  readonly sites: ReadonlyMap<string, TracedSite>
  readonly tables: readonly Table[]
}
