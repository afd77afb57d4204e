import type { TracedCall } from '../call-graph.ts'
import type { Resolver } from '../resolver.ts'

/** What carrying out an intention may look at. */
export interface Context {
  readonly resolver: Resolver
  /** The syntax behind query calls, by their ids. */
  readonly calls: ReadonlyMap<string, TracedCall>
}
