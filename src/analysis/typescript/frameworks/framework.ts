import type { CallExpression, Node } from 'ts-morph'
import type { HttpMethod } from '../../../model/route.ts'
import type { FileEdit } from '../../../model/source.ts'
import type { Program } from '../program.ts'
import type { FunctionNode } from '../functions.ts'
import type { Resolver } from '../resolver.ts'

/** A route as a framework's adapter finds it. */
export interface RouteDefinition {
  readonly method: HttpMethod
  readonly path: string
  /** Where the registration starts and ends; its first line is the route's line. */
  readonly start: Node
  readonly end: Node
  /** What runs for a request, in order: middleware of this route, then its handler. */
  readonly functions: readonly FunctionNode[]
}

/** Code in which an adapter must find routes, written `METHOD /path`. `files` are by name. */
export interface FrameworkExample {
  readonly files: Readonly<Record<string, string>>
  readonly routes: readonly string[]
}

/** Source text of the query parameters of a request, and edits that make it usable. */
export interface RequestQuery {
  readonly text: string
  readonly edits: readonly FileEdit[]
}

/** One web framework: finds routes, knows what answers a request and where its query parameters are. */
export interface Framework {
  readonly id: string
  readonly examples: readonly FrameworkExample[]
  routes(program: Program, resolver: Resolver): RouteDefinition[]
  /** Whether a call sends its arguments to the client. */
  readonly sends: (call: CallExpression) => boolean
  /** Whether what a handler returns is sent to the client. */
  readonly sendsReturnValue: boolean
  /** The query parameters inside a handler function, or null where they can't be reached. */
  requestQuery(fn: FunctionNode): RequestQuery | null
}
