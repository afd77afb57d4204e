import type { Node } from 'ts-morph'
import type { Problem } from '../../model/finding.ts'
import { parameterNames, routeKey } from '../../model/route.ts'
import type { FileEdit, Location } from '../../model/source.ts'
import type { Facts, Handler } from '../facts.ts'
import type { Intention } from '../intentions.ts'
import type { Snapshot } from '../source-tree.ts'
import { CallGraph, type TracedCall } from './call-graph.ts'
import type { Framework, RouteDefinition } from './frameworks/framework.ts'
import { frameworks } from './frameworks/index.ts'
import type { FunctionNode } from './functions.ts'
import { orms } from './orms/index.ts'
import { fileOf, idOf, Program, spanOf } from './program.ts'
import { queryCallsOf } from './query-facts.ts'
import { Resolver } from './resolver.ts'
import type { Context, TracedSite } from './rewrite/context.ts'
import { carryOut } from './rewrite/index.ts'
import { SiteFacts } from './site-facts.ts'

/** The facts of one snapshot, and what stood in the way of finding more. */
export interface Reading {
  readonly facts: Facts
  readonly problems: readonly Problem[]
}

/** The syntax behind the facts of one reading. */
type Syntax = Omit<Context, 'program' | 'resolver'>

/** The TypeScript and JavaScript front end: source texts in, facts out, intentions carried out as edits. */
export class TypeScriptFrontEnd {
  readonly #program = new Program()
  #resolver = new Resolver(this.#program)
  #reading: Reading | null = null
  #syntax: Syntax = { calls: new Map(), sites: new Map(), tables: [] }

  /**
   * Takes over a snapshot of the sources and gives the facts found in them, and the files with syntax errors.
   * A route that can't be followed costs its own queries only, and becomes a problem.
   */
  read(snapshot: Snapshot): Reading {
    if (!this.#program.update(snapshot.texts) && this.#reading) return this.#reading
    this.#resolver = new Resolver(this.#program)
    const problems = this.#program.problems()
    const { handlers, syntax } = this.#readProgram(problems)
    this.#syntax = syntax
    const reading = {
      facts: {
        handlers,
        queries: [...syntax.calls.values()].map(({ facts }) => facts),
        sites: [...syntax.sites.values()].map(({ facts }) => facts),
        tables: syntax.tables,
      },
      problems,
    }
    this.#reading = reading
    return reading
  }

  /** The edits that carry out an intention in the code last read, or null where its shape isn't proven. */
  carryOut(intention: Intention): FileEdit[] | null {
    const edits = carryOut(intention, {
      ...this.#syntax,
      program: this.#program,
      resolver: this.#resolver,
    })
    return edits?.map((edit) => this.#program.inGivenText(edit)) ?? null
  }

  #readProgram(problems: Problem[]): { handlers: Handler[]; syntax: Syntax } {
    const program = this.#program
    const resolver = this.#resolver
    const graph = new CallGraph(resolver)
    const tables = orms.flatMap((orm) =>
      attempt(() => orm.tables?.(program, resolver) ?? [], [], problems, `${orm.id} tables`),
    )
    const handlers: Handler[] = []
    const calls: TracedCall[] = []
    const sites = new SiteFacts(program, resolver, graph)
    for (const framework of frameworks) {
      const routes = attempt(
        () => framework.routes(program, resolver),
        [],
        problems,
        `${framework.id} routes`,
      )
      for (const route of routes.toSorted((a, b) => byPlace(a.start, b.start))) {
        const handler = handlerOf(route, framework)
        handlers.push(handler)
        const follow = (fn: FunctionNode): TracedCall[] =>
          queryCallsOf(fn, { handler: handler.id, framework, resolver, graph, tables })
        const what = routeKey(route)
        const at = spanOf(route.start)
        calls.push(...attempt(() => route.functions.flatMap(follow), [], problems, what, at))
        attempt(() => sites.observe(route, handler, framework), undefined, problems, what, at)
      }
    }
    if (handlers.length > 0)
      attempt(() => sites.observeProgram(), undefined, problems, 'The application as a whole')
    return {
      handlers,
      syntax: {
        calls: new Map(calls.map((call) => [call.facts.id, call])),
        sites: new Map(sites.all().map((site): [string, TracedSite] => [site.facts.id, site])),
        tables,
      },
    }
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

function handlerOf(route: RouteDefinition, framework: Framework): Handler {
  const { file, line } = spanOf(route.start)
  const { endLine } = spanOf(route.end)
  const language = /\.[cm]?tsx?$/.test(file) ? 'typescript' : 'javascript'
  const { method, path } = route
  return {
    id: `${method} ${path} ${idOf(route.start)}`,
    route: {
      method,
      path,
      file,
      line,
      endLine,
      parameters: parameterNames(path),
      handler: placeOf(route.functions.at(-1)),
      framework: framework.id,
      language,
    },
  }
}

function placeOf(fn: FunctionNode | undefined): Handler['route']['handler'] {
  if (!fn) return null
  const { file, line, endLine } = spanOf(fn)
  return { file, line, endLine }
}
