import { Node, type CallExpression } from 'ts-morph'
import type { QueryCall } from '../facts.ts'
import type { Framework } from './frameworks/framework.ts'
import { loopOfReference, loopsAround, loopsInHelper, type LoopAround } from './loops.ts'
import { orms } from './orms/index.ts'
import type { Orm, Query } from './orms/orm.ts'
import {
  argumentsOf,
  calleeName,
  calleeOf,
  isClass,
  isErrorFirst,
  isFunction,
  isInvocation,
  type FunctionNode,
  type Invocation,
} from './functions.ts'
import { Topic } from './memo.ts'
import type { Resolver } from './resolver.ts'

/** How many calls are followed from a handler. */
const maximumDepth = 4
/** A handler that reaches more queries is generated code or a framework's core. */
const maximumTraces = 400

/** A call on the way to a query, in the function it stands in. */
export interface Step {
  readonly fn: FunctionNode
  readonly call: Invocation
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

/** A query and the ORM it belongs to. */
export interface QueryTarget {
  readonly orm: Orm
  readonly query: Query
}

/** A query that a call leads to: the call that makes it, and how many calls of functions lie between. */
export interface QueryBehind extends QueryTarget {
  readonly call: Invocation
  readonly depth: number
}

/** What a call leads to: a query, or functions of this project; `loops` are those the call itself runs them in. */
type Target = QueryTarget | FunctionsTarget

interface FunctionsTarget {
  readonly functions: readonly FunctionNode[]
  readonly loops: readonly LoopAround[]
}

/** A call in a function, and what it leads to. */
interface Lead {
  readonly step: Step
  readonly target: Target
}

const queries = new Topic<QueryTarget | null>(null)
const completed = new Topic<Query | null>(null)
const queriesBehind = new Topic<readonly QueryBehind[]>([])
const leads = new Topic<readonly Lead[]>([])
const waysFrom = new Topic<ReadonlyMap<FunctionNode, readonly Step[]>>(new Map())

/** Follows calls from handlers to queries. */
export class CallGraph {
  readonly #resolver: Resolver

  constructor(resolver: Resolver) {
    this.#resolver = resolver
  }

  /** All ways from a function to queries, in source order. */
  traces(fn: FunctionNode): Trace[] {
    const traces: Trace[] = []
    this.#follow(fn, [], traces)
    return traces
  }

  /** The functions that a function leads to, itself included, each with the first way there. */
  reached(fn: FunctionNode): ReadonlyMap<FunctionNode, readonly Step[]> {
    return this.#resolver.remember(waysFrom, fn, () => this.#reach(fn))
  }

  #reach(fn: FunctionNode): ReadonlyMap<FunctionNode, readonly Step[]> {
    const ways = new Map<FunctionNode, readonly Step[]>([[fn, []]])
    for (const [from, path] of ways) {
      if (path.length >= maximumDepth) continue
      for (const { step, target } of this.#stepsOf(from)) {
        if ('orm' in target) continue
        for (const next of this.#narrowed(target, step, path))
          if (!ways.has(next)) ways.set(next, [...path, step])
      }
    }
    return ways
  }

  /** The calls that run when a function runs, callbacks included, and of tagged templates those that are queries. */
  callsOf(fn: FunctionNode): readonly Invocation[] {
    return callsIn(fn, (call) => this.#queryOf(call) !== null)
  }

  /** The query that a call makes, without what its callers add to it. */
  query(call: Invocation): QueryTarget | null {
    return this.#queryOf(call)
  }

  /** The queries that a call leads to: its own, or those of the functions it runs, with how many calls lie between. */
  behind(call: Invocation): readonly QueryBehind[] {
    return this.#resolver.remember(queriesBehind, call, () => this.#findBehind(call))
  }

  #findBehind(call: Invocation): readonly QueryBehind[] {
    const own = this.#queryOf(call)
    const functions = own ? [] : this.#functionsBehind(call).flatMap((target) => [...target.functions])
    const found = functions.flatMap((fn) =>
      [...this.reached(fn)].flatMap(([reached, path]) =>
        this.#stepsOf(reached).flatMap(({ step, target }): QueryBehind[] =>
          'orm' in target ? [{ ...target, call: step.call, depth: path.length + 1 }] : [],
        ),
      ),
    )
    return own ? [{ ...own, call, depth: 0 }] : found
  }

  /** Whether a call leads to a query that a test accepts. */
  leadsToQuery(call: Invocation, accepts: (query: Query) => boolean): boolean {
    const own = this.#queryOf(call)
    if (own) return accepts(own.query)
    const functions = this.#functionsBehind(call).flatMap((target) => [...target.functions])
    return functions.some((fn) =>
      [...this.reached(fn).keys()].some((reached) =>
        this.#stepsOf(reached).some(({ target }) => 'orm' in target && accepts(target.query)),
      ),
    )
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
        for (const next of this.#narrowed(target, step, path))
          if (!entered.has(next)) this.#follow(next, [...path, step], traces)
          else if (step.loops.length > 0) this.#recur(next, step, path, traces)
      }
    }
  }

  /** The queries that a function makes once more for each item, where it calls itself in a loop. */
  #recur(fn: FunctionNode, again: Step, path: readonly Step[], traces: Trace[]): void {
    const steps = [...path, again]
    for (const { step, target } of this.#stepsOf(fn))
      if ('orm' in target && step.loops.length === 0)
        traces.push({
          steps: [path[0] ?? again, ...steps.slice(1), step],
          orm: target.orm,
          query: target.query,
        })
  }

  #stepsOf(fn: FunctionNode): readonly Lead[] {
    return this.#resolver.remember(leads, fn, () => this.#leadsIn(fn))
  }

  #leadsIn(fn: FunctionNode): Lead[] {
    return callsIn(fn, (call) => this.#queryOf(call) !== null).flatMap((call) => {
      const query = this.#queryOf(call)
      const targets: readonly Target[] = query ? [query] : this.#functionsBehind(call)
      if (targets.length === 0) return []
      const own = loopsAround(call, fn, this.#resolver)
      return targets.map((target) => {
        const loops = 'loops' in target ? [...own, ...target.loops] : own
        return { step: { fn, call, loops }, target }
      })
    })
  }

  /** The query as this path leads to it: a builder that was returned may be completed by the caller. */
  #completed({ orm, query }: QueryTarget, call: Invocation, path: readonly Step[]): Query {
    if (path.length === 0 || (query.bound !== null && !query.dependsOnCaller)) return query
    if (!Node.isCallExpression(call)) return query
    const callers = callsOn(path)
    const complete = (): Query | null => orm.recognise(call, this.#resolver, callers)
    return this.#resolver.remember(completed, [call, orm.id, ...callers], complete) ?? query
  }

  #queryOf(call: Invocation): QueryTarget | null {
    return this.#resolver.remember(queries, call, () => {
      const registry: readonly Orm[] = orms
      for (const orm of registry) {
        const query = Node.isCallExpression(call)
          ? orm.recognise(call, this.#resolver, [])
          : orm.templates?.recognise(call, this.#resolver)
        if (query) return { orm, query }
      }
      return null
    })
  }

  /** The functions a call runs: its callee, and named functions that it is given, as in `items.map(enrich)`. */
  #functionsBehind(call: Invocation): readonly FunctionsTarget[] {
    const callees = this.#calleesOf(call)
    const given = argumentsOf(call).flatMap((argument): FunctionsTarget[] => {
      if (isFunction(argument) || !isName(argument)) return []
      const functions = this.#resolver.functions(argument)
      if (functions.length === 0) return []
      if (callees.length === 0) return [{ functions, loops: loopOfReference(call, this.#resolver) }]
      const loops = loopsInHelper(call, argument, this.#resolver)
      return loops ? [{ functions, loops: loops.map((loop) => asGiven(loop, call)) }] : []
    })
    return callees.length > 0 ? [{ functions: callees, loops: [] }, ...given] : given
  }

  /** The functions that a call runs: those that code leads to, or the methods of a model whose row it is made on. */
  #calleesOf(call: Invocation): readonly FunctionNode[] {
    const callees = this.#resolver.callees(call)
    if (callees.length > 0 || !Node.isCallExpression(call)) return callees
    const registry: readonly Orm[] = orms
    return registry.flatMap((orm) => [...(orm.rowMethods?.(call, this.#resolver) ?? [])])
  }

  /** What `this.method()` runs on this path: the method of the class that the path entered, which may override it. */
  #narrowed({ functions }: FunctionsTarget, step: Step, path: readonly Step[]): readonly FunctionNode[] {
    const name = calleeOfThis(step.call)
    if (name === null) return functions
    const entry = path.findLast(({ call }) => calleeOfThis(call) === null)
    const callee = entry && calleeOf(entry.call)
    if (!Node.isPropertyAccessExpression(callee)) return functions
    const entered = this.#resolver.classOf(callee.getExpression())
    const methods = entered ? this.#resolver.methodsOf(entered, name) : []
    const own = step.fn.getFirstAncestor(isClass)
    return methods.length > 0 && own && this.#resolver.inherits(entered, own) ? methods : functions
  }
}

/** The name of the method in `this.method()`, or null for other calls. */
function calleeOfThis(call: Invocation): string | null {
  const callee = calleeOf(call)
  if (!Node.isPropertyAccessExpression(callee)) return null
  return Node.isThisExpression(callee.getExpression()) ? callee.getName() : null
}

/** The calls of a path; what a template's tag runs is not followed, so that no step is left out. */
export function callsOn(path: readonly Step[]): CallExpression[] {
  return path.map(({ call }) => call).filter(Node.isCallExpression)
}

/** A helper's loop as one around the call that hands a function to the helper. */
function asGiven(loop: LoopAround, call: Invocation): LoopAround {
  return { node: call, facts: loop.facts }
}

/** The calls that run when a function runs, without the insides of queries and of functions that are only defined. */
function callsIn(fn: FunctionNode, isQuery: (call: Invocation) => boolean): Invocation[] {
  const calls: Invocation[] = []
  visit(fn.getBody())
  return calls

  function visit(node: Node | undefined): void {
    if (!node || (isFunction(node) && !runsInPlace(node))) return
    if (Node.isClassDeclaration(node) || Node.isClassExpression(node)) return
    if (isInvocation(node)) {
      const makesQuery = isQuery(node)
      if (makesQuery || Node.isCallExpression(node)) calls.push(node)
      if (makesQuery) {
        for (const argument of argumentsOf(node)) if (isErrorFirst(argument)) visit(argument.getBody())
        return
      }
    }
    node.forEachChild(visit)
  }
}

/** A function written as an argument or in one, as in `validate({ execute: () => … })`, or called where it is written. */
function runsInPlace(fn: Node): boolean {
  let parent = fn.getParent()
  if (Node.isPropertyAssignment(parent)) parent = parent.getParent()
  if (Node.isObjectLiteralExpression(parent)) parent = parent.getParent()
  while (Node.isParenthesizedExpression(parent)) parent = parent.getParent()
  if (Node.isNewExpression(parent)) return parent.getExpression().getText() === 'Promise'
  return Node.isCallExpression(parent) && calleeName(parent) !== 'on'
}

function isName(node: Node): boolean {
  return Node.isIdentifier(node) || Node.isPropertyAccessExpression(node)
}
