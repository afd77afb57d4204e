import type { Node } from 'ts-morph'
import type { Problem } from '../../model/finding.ts'
import { routeKey } from '../../model/route.ts'
import type { FileEdit, Location } from '../../model/source.ts'
import type { Facts, Handler, Intention, QueryCall } from '../facts.ts'
import { isSupportFile, type Snapshot } from '../source-tree.ts'
import { CallGraph, type Trace, type TracedCall } from './call-graph.ts'
import { reachesResponse } from './flow.ts'
import type { Framework, RouteDefinition } from './frameworks/framework.ts'
import { frameworks } from './frameworks/index.ts'
import { shorten } from './loops.ts'
import { fileOf, idOf, Program, spanOf } from './program.ts'
import { Resolver } from './resolver.ts'
import { batch } from './rewrite/batch.ts'
import { paginate } from './rewrite/paginate.ts'

/** The facts of one snapshot, and what stood in the way of finding more. */
export interface Reading {
  readonly facts: Facts
  readonly problems: readonly Problem[]
}

/** The TypeScript and JavaScript front end: source texts in, facts out, intentions carried out as edits. */
export class TypeScriptFrontEnd {
  readonly #program = new Program()
  #resolver = new Resolver(this.#program)
  #reading: Reading | null = null
  #calls: ReadonlyMap<string, TracedCall> = new Map()

  /**
   * Takes over a snapshot of the sources and gives the facts found in them, and the files with syntax errors.
   * A route that can't be followed costs its own queries only, and becomes a problem.
   */
  read(snapshot: Snapshot): Reading {
    if (!this.#program.update(snapshot.texts) && this.#reading) return this.#reading
    this.#resolver = new Resolver(this.#program)
    const graph = new CallGraph(this.#resolver)
    const problems = this.#program.problems()
    const handlers: Handler[] = []
    const calls: TracedCall[] = []
    for (const framework of frameworks) {
      const routes = attempt(
        () => framework.routes(this.#program, this.#resolver),
        [],
        problems,
        `${framework.id} routes`,
      )
      for (const route of routes.toSorted((a, b) => byPlace(a.start, b.start))) {
        const handler = handlerOf(route, framework)
        handlers.push(handler)
        const follow = (): TracedCall[] =>
          route.functions
            .flatMap((fn) => graph.traces(fn))
            .filter(isInspected)
            .map((trace) => this.#traced(trace, handler, framework))
        calls.push(...attempt(follow, [], problems, routeKey(route), spanOf(route.start)))
      }
    }
    this.#calls = new Map(calls.map((call) => [call.facts.id, call]))
    const queries = [...this.#calls.values()].map(({ facts }) => facts)
    this.#reading = { facts: { handlers, queries }, problems }
    return this.#reading
  }

  /** The edits that carry out an intention in the code last read, or null where its shape isn't proven. */
  carryOut(intention: Intention): FileEdit[] | null {
    const context = { resolver: this.#resolver, calls: this.#calls }
    const edits = intention.kind === 'paginate' ? paginate(intention, context) : batch(intention, context)
    return edits?.map((edit) => this.#program.inGivenText(edit)) ?? null
  }

  #traced(trace: Trace, handler: Handler, framework: Framework): TracedCall {
    const { steps, query } = trace
    const callers = steps.slice(0, -1).map(({ call }) => call)
    const last = steps.at(-1) ?? steps[0]
    const unbounded = query.operation === 'many' && query.bound === null
    const context = {
      resolver: this.#resolver,
      callers,
      sends: framework.sends,
      sendsReturnValue: framework.sendsReturnValue,
    }
    const facts: QueryCall = {
      id: [handler.id, ...steps.map(({ call }) => idOf(call))].join(' > '),
      site: idOf(last.call),
      handler: handler.id,
      orm: trace.orm.id,
      table: query.table,
      operation: query.operation,
      bound: query.bound,
      filters: query.filters,
      ordered: query.ordered,
      span: spanOf(last.call),
      path: steps.map(({ call }) => ({
        id: idOf(call),
        text: shorten(call.getExpression().getText()),
        span: spanOf(call),
      })),
      loops: steps.flatMap(({ loops }, call) => loops.map((loop) => ({ ...loop.facts, call }))),
      rowsReachResponse: unbounded && reachesResponse(query.value, context),
    }
    return { trace, framework, facts }
  }
}

/** Runs a step of the analysis; where it fails, the fallback stands in and the problems get one more. */
function attempt<T>(step: () => T, fallback: T, problems: Problem[], what: string, at?: Location): T {
  try {
    return step()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `${what} could not be inspected: ${reason}`
    problems.push({ kind: 'rule', file: at?.file ?? '', line: at?.line ?? 0, message })
    return fallback
  }
}

function byPlace(a: Node, b: Node): number {
  if (a.getSourceFile() === b.getSourceFile()) return a.getStart() - b.getStart()
  return fileOf(a) < fileOf(b) ? -1 : 1
}

function isInspected(trace: Trace): boolean {
  const query = trace.steps.at(-1)
  return query !== undefined && !isSupportFile(fileOf(query.call))
}

function handlerOf(route: RouteDefinition, framework: Framework): Handler {
  const { file, line } = spanOf(route.start)
  const { endLine } = spanOf(route.end)
  const language = /\.[cm]?tsx?$/.test(file) ? 'typescript' : 'javascript'
  const { method, path } = route
  return {
    id: `${method} ${path} ${idOf(route.start)}`,
    route: { method, path, file, line, endLine, framework: framework.id, language },
  }
}
