import { Node, type CallExpression, type SourceFile, type ts } from 'ts-morph'
import type { Handler } from '../facts.ts'
import type { Site } from '../sites.ts'
import { isSupportFile } from '../source-tree.ts'
import type { CallGraph, QueryTarget, Step } from './call-graph.ts'
import { isClientCode } from './client-code.ts'
import type { Framework, RouteDefinition } from './frameworks/framework.ts'
import { isFunction, type FunctionNode, type Invocation } from './functions.ts'
import { importedBy, importersIn } from './importers.ts'
import { loopsAround, shorten, type LoopAround } from './loops.ts'
import { Topic } from './memo.ts'
import { observers } from './observers/index.ts'
import type { Observation, Scope } from './observers/observer.ts'
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

/** What was seen in one function. */
interface Sights {
  readonly calls: readonly CallExpression[]
  readonly sites: readonly (Pick<Site, 'id' | 'span' | 'text' | 'detail'> & {
    readonly node: Node
    /** The loops around it in the function. */
    readonly loops: readonly LoopAround['facts'][]
  })[]
}

/** What was seen in one function, how it was come to, and the handlers that reach it. */
interface Visit extends Way, Sights {
  readonly fn: FunctionNode
  readonly handlers: Set<string>
}

/** The calls to look at in a function that no route was seen to call. */
interface Beyond {
  readonly calls: readonly CallExpression[]
  /** Whether these are all that stand in it. */
  readonly areAll: boolean
}

const sights = new Topic<Sights>({ calls: [], sites: [] })
const applicationWide = new Topic<Sights['sites']>([])
const callsByFunction = new WeakMap<ts.SourceFile, ReadonlyMap<FunctionNode, readonly CallExpression[]>>()

/** Collects the sites in all functions that routes reach; every function is observed once. */
export class SiteFacts {
  readonly #program: Program
  readonly #resolver: Resolver
  readonly #graph: CallGraph
  readonly #visits = new Map<FunctionNode, Visit>()
  readonly #routeFiles = new Map<SourceFile, Framework>()
  #applicationWide: Sights['sites'] = []

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
    const files = this.#filesBehindRoutes()
    this.#applicationWide = observers.flatMap((observer) =>
      this.#resolver
        .remember(applicationWide, observer.id, () =>
          (observer.observeProgram?.(this.#program, this.#resolver) ?? []).map((seen) => ({
            ...placed(seen),
            loops: [],
          })),
        )
        .filter(({ node }) => !observer.behindRoutes || files.has(node.getSourceFile())),
    )
  }

  /** All sites seen, each once. */
  all(): TracedSite[] {
    const inFunctions = [...this.#visits.values()].flatMap((visit) => traced(visit, this.#resolver))
    const inProgram = this.#applicationWide.map(({ node, ...site }): TracedSite => ({
      node,
      fn: null,
      framework: null,
      facts: { ...site, handlers: [], path: [], loops: [] },
    }))
    return [...inFunctions, ...inProgram]
  }

  /** In files that route files import, what stands in functions that no route was seen to call. */
  #observeBeyondCalls(): void {
    if (!observers.some(({ beyondCalls }) => beyondCalls)) return
    const seen = new Set([...this.#visits.values()].flatMap(({ calls }) => calls))
    for (const [file, framework] of this.#filesBehindRoutes()) {
      if (isSupportFile(fileOf(file)) || isClientCode(file)) continue
      for (const [fn, calls] of callsPerFunction(file, this.#program)) {
        if (this.#visits.has(fn)) continue
        const unseen = calls.filter((call) => !seen.has(call))
        const way = { path: [], framework, registration: null }
        if (unseen.length > 0) this.#visit(fn, way, { calls: unseen, areAll: unseen.length === calls.length })
      }
    }
  }

  /** The files of the routes, those that import them, and what all these import, each with the framework it was first found for. */
  #filesBehindRoutes(): ReadonlyMap<SourceFile, Framework> {
    const files = new Map(this.#routeFiles)
    const importers = importersIn(this.#program)
    for (const [file, framework] of files)
      for (const name of importers.get(fileOf(file)) ?? []) {
        const importer = isSupportFile(name) ? undefined : this.#program.sourceFile(name)
        if (importer && !files.has(importer)) files.set(importer, framework)
      }
    for (const [file, framework] of files)
      for (const name of importedBy(file, this.#program)) {
        const imported = this.#program.sourceFile(name)
        if (imported && !files.has(imported)) files.set(imported, framework)
      }
    return files
  }

  #visit(fn: FunctionNode, way: Way, beyond?: Beyond): Visit {
    const { framework, registration } = way
    const calls = beyond ? ['beyond', ...(beyond.areAll ? ['all'] : beyond.calls)] : []
    const seen = this.#resolver.remember(sights, [fn, framework.id, registration ?? 'called', ...calls], () =>
      this.#look(fn, { framework, registration }, beyond?.calls),
    )
    const visit: Visit = { ...way, ...seen, fn, handlers: new Set() }
    this.#visits.set(fn, visit)
    return visit
  }

  #look(fn: FunctionNode, way: Omit<Way, 'path'>, beyond?: readonly CallExpression[]): Sights {
    const invocations = beyond ?? this.#graph.callsOf(fn)
    const calls = invocations.filter(Node.isCallExpression)
    const queries = new Map<Invocation, QueryTarget>()
    for (const call of beyond ? [] : invocations) {
      const target = this.#graph.query(call)
      if (target) queries.set(call, target)
    }
    const scope: Scope = {
      ...way,
      fn,
      calls,
      invocations,
      queries,
      queriesBehind: (call) => this.#graph.behind(call),
      leadsToQuery: (call, accepts) => this.#graph.leadsToQuery(call, accepts),
      isHandler: way.registration !== null,
      isReached: beyond === undefined,
      program: this.#program,
      resolver: this.#resolver,
    }
    const looking = beyond ? observers.filter(({ beyondCalls }) => beyondCalls) : observers
    const sites = looking
      .flatMap((observer) => observer.observe?.(scope) ?? [])
      .map((seen) => ({
        ...placed(seen),
        loops: loopsAround(seen.node, fn, this.#resolver).map(({ facts }) => facts),
      }))
    return { calls, sites }
  }
}

function traced({ fn, framework, path, handlers, sites }: Visit, resolver: Resolver): TracedSite[] {
  if (sites.length === 0) return []
  const way = { handlers: [...handlers], path: callsOf(path, resolver) }
  const loops = loopsOf(path)
  return sites.map(({ node, loops: own, ...site }) => ({
    node,
    fn,
    framework,
    facts: { ...site, ...way, loops: [...loops, ...own.map((loop) => ({ ...loop, call: path.length }))] },
  }))
}

/** The calls in a file by the function that they stand in. */
function callsPerFunction(
  file: SourceFile,
  program: Program,
): ReadonlyMap<FunctionNode, readonly CallExpression[]> {
  const known = callsByFunction.get(file.compilerNode)
  if (known) return known
  const byFunction = new Map<FunctionNode, CallExpression[]>()
  for (const call of program.callsIn(file)) {
    const fn = call.getFirstAncestor(isFunction)
    const calls = fn && byFunction.get(fn)
    if (calls) calls.push(call)
    else if (fn) byFunction.set(fn, [call])
  }
  callsByFunction.set(file.compilerNode, byFunction)
  return byFunction
}

function placed({ node, detail }: Observation): Omit<Sights['sites'][number], 'loops'> {
  const text = shorten(node.getText())
  return { node, id: `${detail.kind} ${idOf(node)}`, span: spanOf(node), text, detail }
}
