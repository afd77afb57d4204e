import { Node, type CallExpression } from 'ts-morph'
import type { QueryCall } from '../facts.ts'
import type { Framework } from './frameworks/framework.ts'
import { loopOfReference, loopsAround, type LoopAround } from './loops.ts'
import { orms } from './orms/index.ts'
import type { Orm, Query } from './orms/orm.ts'
import { calleeName, isFunction, type FunctionNode } from './functions.ts'
import type { Resolver } from './resolver.ts'

/** How many calls are followed from a handler. */
const maximumDepth = 4
/** A handler that reaches more queries is generated code or a framework's core. */
const maximumTraces = 400

/** A call on the way to a query, in the function it stands in. */
export interface Step {
  readonly fn: FunctionNode
  readonly call: CallExpression
  readonly loops: readonly LoopAround[]
}

/** One way from a function to a query; the last step is the query's own call. */
export interface Trace {
  readonly steps: readonly [Step, ...Step[]]
  readonly orm: Orm
  readonly query: Query
}

/** A query call's syntax, for carrying out intentions on it. */
export interface TracedCall {
  readonly trace: Trace
  readonly framework: Framework
  readonly facts: QueryCall
}

interface QueryTarget {
  readonly orm: Orm
  readonly query: Query
}

/** What a call leads to: a query, or functions of this project; `reference` where these are given to the call by name. */
type Target = QueryTarget | { readonly functions: readonly FunctionNode[]; readonly reference?: true }

/** Follows calls from handlers to queries. Holds answers for one state of the program. */
export class CallGraph {
  readonly #resolver: Resolver
  readonly #queries = new Map<CallExpression, QueryTarget | null>()
  readonly #steps = new Map<FunctionNode, readonly { readonly step: Step; readonly target: Target }[]>()

  constructor(resolver: Resolver) {
    this.#resolver = resolver
  }

  /** All ways from a function to queries, in source order. */
  traces(fn: FunctionNode): Trace[] {
    const traces: Trace[] = []
    this.#follow(fn, [], traces)
    return traces
  }

  #follow(fn: FunctionNode, path: readonly Step[], traces: Trace[]): void {
    for (const { step, target } of this.#stepsOf(fn)) {
      if (traces.length >= maximumTraces) return
      if ('orm' in target) {
        const [first, ...rest] = [...path, step]
        const query = this.#completed(target, step.call, path)
        if (first) traces.push({ steps: [first, ...rest], orm: target.orm, query })
      } else if (path.length < maximumDepth) {
        const entered = new Set([fn, ...path.map((earlier) => earlier.fn)])
        for (const next of target.functions)
          if (!entered.has(next)) this.#follow(next, [...path, step], traces)
      }
    }
  }

  #stepsOf(fn: FunctionNode): readonly { readonly step: Step; readonly target: Target }[] {
    const known = this.#steps.get(fn)
    if (known) return known
    const steps = callsIn(fn, (call) => this.#queryOf(call) !== null).flatMap((call) => {
      const target = this.#queryOf(call) ?? this.#functionsBehind(call)
      if (!target) return []
      const own = loopsAround(call, fn, this.#resolver)
      const loops = 'reference' in target ? [...own, ...loopOfReference(call, this.#resolver)] : own
      return [{ step: { fn, call, loops }, target }]
    })
    this.#steps.set(fn, steps)
    return steps
  }

  /** The query as this path leads to it: a builder that was returned may be completed by the caller. */
  #completed({ orm, query }: QueryTarget, call: CallExpression, path: readonly Step[]): Query {
    if (path.length === 0 || query.bound !== null) return query
    const callers = path.map((step) => step.call)
    return orm.recognise(call, this.#resolver, callers) ?? query
  }

  #queryOf(call: CallExpression): QueryTarget | null {
    const known = this.#queries.get(call)
    if (known !== undefined) return known
    const [found = null] = orms.flatMap((orm): QueryTarget[] => {
      const query = orm.recognise(call, this.#resolver, [])
      return query ? [{ orm, query }] : []
    })
    this.#queries.set(call, found)
    return found
  }

  /** The functions a call runs: its callee, or named functions that it is given, as in `items.map(enrich)`. */
  #functionsBehind(call: CallExpression): { functions: readonly FunctionNode[]; reference?: true } | null {
    const callees = this.#resolver.callees(call)
    if (callees.length > 0) return { functions: callees }
    const references = call.getArguments().filter((argument) => !isFunction(argument) && isName(argument))
    const functions = references.flatMap((argument) => [...this.#resolver.functions(argument)])
    return functions.length > 0 ? { functions, reference: true } : null
  }
}

/** The calls that run when a function runs, without the insides of queries and of functions that are only defined. */
function callsIn(fn: FunctionNode, isQuery: (call: CallExpression) => boolean): CallExpression[] {
  const calls: CallExpression[] = []
  visit(fn.getBody())
  return calls

  function visit(node: Node | undefined): void {
    if (!node || (isFunction(node) && !runsInPlace(node))) return
    if (Node.isClassDeclaration(node) || Node.isClassExpression(node)) return
    if (Node.isCallExpression(node)) {
      calls.push(node)
      if (isQuery(node)) return
    }
    node.forEachChild(visit)
  }
}

/** A function written as an argument, or called where it is written. */
function runsInPlace(fn: Node): boolean {
  let parent = fn.getParent()
  while (Node.isParenthesizedExpression(parent)) parent = parent.getParent()
  return Node.isCallExpression(parent) && calleeName(parent) !== 'on'
}

function isName(node: Node): boolean {
  return Node.isIdentifier(node) || Node.isPropertyAccessExpression(node)
}
