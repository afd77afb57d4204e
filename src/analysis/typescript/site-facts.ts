import type { CallExpression, Node, SourceFile } from 'ts-morph'
import type { Handler } from '../facts.ts'
import type { Site } from '../sites.ts'
import { isSupportFile } from '../source-tree.ts'
import type { CallGraph, QueryTarget, Step } from './call-graph.ts'
import type { Framework, RouteDefinition } from './frameworks/framework.ts'
import { isFunction, type FunctionNode } from './functions.ts'
import { loopsAround, shorten } from './loops.ts'
import { observers } from './observers/index.ts'
import type { Observation, Observer, Scope } from './observers/observer.ts'
import { fileOf, idOf, spanOf, type Program } from './program.ts'
import { callsOf, loopsOf } from './query-facts.ts'
import type { Resolver } from './resolver.ts'
import type { TracedSite } from './rewrite/context.ts'

/** How a function came to be observed. */
interface Way {
  readonly path: readonly Step[]
  readonly framework: Framework
  readonly registration: Node | null
}

/** What was seen in one function, and the handlers that reach it. */
interface Visit extends Way {
  readonly fn: FunctionNode
  readonly calls: readonly CallExpression[]
  readonly observations: readonly Observation[]
  readonly handlers: Set<string>
}

/** Collects the sites in all functions that routes reach; every function is observed once. */
export class SiteFacts {
  readonly #program: Program
  readonly #resolver: Resolver
  readonly #graph: CallGraph
  readonly #visits = new Map<FunctionNode, Visit>()
  readonly #routeFiles = new Map<SourceFile, Framework>()
  #applicationWide: readonly Observation[] = []

  constructor(program: Program, resolver: Resolver, graph: CallGraph) {
    this.#program = program
    this.#resolver = resolver
    this.#graph = graph
  }

  /** Observes what the functions of a route reach. */
  observe(route: RouteDefinition, handler: Handler, framework: Framework): void {
    this.#routeFiles.set(route.end.getSourceFile(), framework)
    for (const entry of route.functions) {
      for (const [fn, path] of this.#graph.reached(entry)) {
        if (isSupportFile(fileOf(fn))) continue
        const registration = path.length === 0 ? route.end : null
        const visit = this.#visits.get(fn) ?? this.#visit(fn, { path, framework, registration })
        visit.handlers.add(handler.id)
      }
    }
  }

  /** Observes the application as a whole, and what no call was seen to lead to; after all routes. */
  observeProgram(): void {
    this.#observeBeyondCalls()
    this.#applicationWide = observers.flatMap(
      (observer) => observer.observeProgram?.(this.#program, this.#resolver) ?? [],
    )
  }

  /** All sites seen, each once. */
  all(): TracedSite[] {
    const inFunctions = [...this.#visits.values()].flatMap((visit) =>
      visit.observations.map((observation) => this.#traced(observation, visit)),
    )
    const inProgram = this.#applicationWide.map(({ node, detail }): TracedSite => ({
      node,
      fn: null,
      framework: null,
      facts: { ...placed(node, detail), handlers: [], path: [], loops: [] },
    }))
    return [...inFunctions, ...inProgram]
  }

  /** In files that route files import, what stands in functions that no route was seen to call. */
  #observeBeyondCalls(): void {
    const everywhere = observers.filter(({ beyondCalls }) => beyondCalls)
    if (everywhere.length === 0) return
    const seen = new Set([...this.#visits.values()].flatMap(({ calls }) => calls))
    for (const [file, framework] of this.#filesBehindRoutes()) {
      if (isSupportFile(fileOf(file))) continue
      const byFunction = new Map<FunctionNode, CallExpression[]>()
      for (const call of this.#program.callsIn(file)) {
        const fn = call.getFirstAncestor(isFunction)
        if (!fn || seen.has(call)) continue
        const calls = byFunction.get(fn)
        if (calls) calls.push(call)
        else byFunction.set(fn, [call])
      }
      for (const [fn, calls] of byFunction) {
        if (this.#visits.has(fn)) continue
        this.#visit(fn, { path: [], framework, registration: null }, { calls, by: everywhere })
      }
    }
  }

  /** The files of the routes and what they import, each with the framework of the route it was first found for. */
  #filesBehindRoutes(): ReadonlyMap<SourceFile, Framework> {
    const files = new Map(this.#routeFiles)
    for (const [file, framework] of files) {
      for (const imported of this.#program.importsOf(file))
        if (!files.has(imported)) files.set(imported, framework)
    }
    return files
  }

  #visit(
    fn: FunctionNode,
    way: Way,
    beyond?: { readonly calls: readonly CallExpression[]; readonly by: readonly Observer[] },
  ): Visit {
    const calls = beyond?.calls ?? this.#graph.callsOf(fn)
    const queries = new Map<CallExpression, QueryTarget>()
    for (const call of beyond ? [] : calls) {
      const target = this.#graph.query(call)
      if (target) queries.set(call, target)
    }
    const scope: Scope = {
      fn,
      calls,
      queries,
      queriesBehind: (call) => this.#graph.behind(call),
      leadsToQuery: (call, accepts) => this.#graph.leadsToQuery(call, accepts),
      framework: way.framework,
      registration: way.registration,
      isHandler: way.registration !== null,
      program: this.#program,
      resolver: this.#resolver,
    }
    const observations = (beyond?.by ?? observers).flatMap((observer) => observer.observe?.(scope) ?? [])
    const visit: Visit = { ...way, fn, calls, observations, handlers: new Set() }
    this.#visits.set(fn, visit)
    return visit
  }

  #traced({ node, detail }: Observation, { fn, framework, path, handlers }: Visit): TracedSite {
    const own = loopsAround(node, fn, this.#resolver).map(({ facts }) => ({ ...facts, call: path.length }))
    return {
      node,
      fn,
      framework,
      facts: {
        ...placed(node, detail),
        handlers: [...handlers],
        path: callsOf(path),
        loops: [...loopsOf(path), ...own],
      },
    }
  }
}

function placed(node: Node, detail: Site['detail']): Pick<Site, 'id' | 'span' | 'text' | 'detail'> {
  const text = shorten(node.getText())
  return { id: `${detail.kind} ${idOf(node)}`, span: spanOf(node), text, detail }
}
