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
  /** The schemas that the framework checks the parts of a request against, before the handler runs. */
  readonly schemas?: Partial<Readonly<Record<RequestPart, Node>>>
}

/** The parts of a request that a client fills in. */
export type RequestPart = 'query' | 'body' | 'parameters' | 'headers'

/** A piece of the request as an expression reads it: `req.query.limit` is the `limit` of `query`. */
export interface RequestInput {
  readonly part: RequestPart
  /** The one value of that part, or null for the part as a whole. */
  readonly name: string | null
  /** The schema that the part was checked against, where it was: zod, TypeBox, JSON schema, a class with decorators. */
  readonly schema: Node | null
  /** Whether the handler has a value for it whatever the client sends, or doesn't run. */
  readonly present?: true
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
  /** What stands in some file wherever there are such routes, so that programs without it needn't be searched. */
  readonly mentioned?: string | RegExp
  routes(program: Program, resolver: Resolver): RouteDefinition[]
  /** Whether a call sends its arguments to the client. */
  readonly sends: (call: CallExpression) => boolean
  /** Whether a value is the response that a handler was given: what it is handed to sends what it holds. */
  readonly isResponse?: (value: Node) => boolean
  /** Whether assigning to a target sends the value to the client: `ctx.body = rows`. */
  readonly sendsAssignment?: (target: Node) => boolean
  /** Whether what a handler returns is sent to the client. */
  readonly sendsReturnValue: boolean
  /**
   * Whether a handler's rejected promise becomes an error response. Without it (Express 4) the request hangs.
   * `file` is the file of the route, for the version in the `package.json` above it.
   */
  awaitsHandlers(file: string, program: Program): boolean
  /** What part of the request a node reads by itself, without following variables: `req.query`, `c.req.valid('json')`, `@Body() body`. */
  requestInput(node: Node, resolver: Resolver): RequestInput | null
  /** The query parameters inside a handler function, or null where they can't be reached. */
  requestQuery(fn: FunctionNode): RequestQuery | null
}
