import * as l10n from '@vscode/l10n'
import type { Node } from 'ts-morph'
import type { Problem } from '../../model/finding.ts'
import { parameterNames, routeKey } from '../../model/route.ts'
import type { FileEdit, Location } from '../../model/source.ts'
import { merged } from '../edits.ts'
import type { Facts, Handler, QueryCall, Table } from '../facts.ts'
import type { Intention } from '../intentions.ts'
import type { Snapshot } from '../source-tree.ts'
import { CallGraph, type TracedCall } from './call-graph.ts'
import type { Framework, RouteDefinition } from './frameworks/framework.ts'
import { frameworks } from './frameworks/index.ts'
import type { FunctionNode } from './functions.ts'
import { findRoutes } from './frameworks/reading/found-routes.ts'
import { Topic } from './memo.ts'
import { isSame } from './memo-values.ts'
import { NotedMap } from './noted-map.ts'
import { orms } from './orms/index.ts'
import type { Orm } from './orms/orm.ts'
import { fileOf, idOf, Program, spanOf } from './program.ts'
import { queryCallsOf, type QueryContext } from './query-facts.ts'
import { Resolver } from './resolver.ts'
import type { Context, TracedSite } from './rewrite/context.ts'
import { carryOut } from './rewrite/carry-out.ts'
import { SiteFacts } from './site-facts.ts'
import { tableOf } from './tables.ts'

/** The facts of one snapshot, and what stood in the way of finding more. */
export interface Reading {
  readonly facts: Facts
  readonly problems: readonly Problem[]
}

const queryCalls = new Topic<readonly TracedCall[]>([])
const tablesOfOrm = new Topic<readonly Table[]>([])
const tableDeclarations = new Topic<Table | undefined>(undefined)
const tracedCalls = new Topic<TracedCall | undefined>(undefined)
const tracedSites = new Topic<TracedSite | undefined>(undefined)
const carriedOut = new Topic<readonly FileEdit[] | null>(null)

/** The TypeScript and JavaScript front end: source texts in, facts out, intentions carried out as edits. */
export class TypeScriptFrontEnd {
  readonly #program = new Program()
  #resolver = new Resolver(this.#program)
  #graph = new CallGraph(this.#resolver)
  #reading: Reading | null = null
  #tables: readonly Table[] = []
  #calls = new NotedMap(this.#program, 'calls', tracedCalls)
  #sites = new NotedMap(this.#program, 'sites', tracedSites)

  /**
   * Takes over a snapshot of the sources and gives the facts found in them, and the files with syntax errors.
   * A route that can't be followed costs its own queries only, and becomes a problem.
   */
  read(snapshot: Snapshot): Reading {
    const change = this.#program.update(snapshot.texts)
    if (change === 'none' && this.#reading) return this.#reading
    if (change === 'all') {
      this.#resolver = new Resolver(this.#program)
      this.#graph = new CallGraph(this.#resolver)
    }
    this.#program.memo.sweep()
    const problems = this.#program.problems()
    const facts = this.#readProgram(problems)
    this.#reading = { facts, problems }
    return this.#reading
  }

  /** The edits that carry out an intention in the code last read, ready to be applied, or null where its shape isn't proven. */
  carryOut(intention: Intention): readonly FileEdit[] | null {
    return this.#resolver.remember(carriedOut, JSON.stringify(intention), () => {
      const edits = carryOut(intention, this.#context())
      return edits && merged(edits.map((edit) => this.#program.inGivenText(edit)))
    })
  }

  #context(): Context {
    const [program, tables] = [this.#program, this.#tables]
    return {
      program,
      resolver: this.#resolver,
      calls: this.#calls,
      sites: this.#sites,
      get tables() {
        program.memo.look(tablesInput)
        return tables
      },
    }
  }

  #readProgram(problems: Problem[]): Facts {
    const found = findRoutes(frameworks, this.#resolver, ({ id }, error) =>
      problems.push(
        problemOf(error, (reason) => l10n.t('{0} routes could not be inspected: {1}', id, reason)),
      ),
    )
    this.#readTables(problems)
    const handlers: Handler[] = []
    const calls: TracedCall[] = []
    const sites = new SiteFacts(this.#program, this.#resolver, this.#graph)
    for (const { framework, routes } of found)
      for (const route of routes.toSorted((a, b) => byPlace(a.start, b.start))) {
        const handler = handlerOf(route, framework)
        handlers.push(handler)
        const say = (reason: string): string =>
          l10n.t('{0} could not be inspected: {1}', routeKey(route), reason)
        const at = spanOf(route.start)
        const follow = (fn: FunctionNode): readonly TracedCall[] => this.#queriesOf(fn, handler.id, framework)
        calls.push(...attempt(() => route.functions.flatMap(follow), [], problems, say, at))
        attempt(() => sites.observe(route, handler, framework), undefined, problems, say, at)
      }
    if (handlers.length > 0)
      attempt(
        () => sites.observeProgram(),
        undefined,
        problems,
        (reason) => l10n.t('The application as a whole could not be inspected: {0}', reason),
      )
    this.#calls.replace(new Map(calls.map((call) => [call.facts.id, call])))
    this.#sites.replace(new Map(sites.all().map((site) => [site.facts.id, site])))
    return {
      handlers,
      queries: [...this.#calls.values()].map(({ facts }) => facts),
      sites: [...this.#sites.values()].map(({ facts }) => facts),
      tables: this.#tables,
    }
  }

  #readTables(problems: Problem[]): void {
    const [program, resolver] = [this.#program, this.#resolver]
    const registry: readonly Orm[] = orms
    const tables = registry.flatMap((orm) => [
      ...attempt(
        () => resolver.remember(tablesOfOrm, orm.id, () => orm.tables?.(program, resolver) ?? []),
        [],
        problems,
        (reason) => l10n.t('{0} tables could not be inspected: {1}', orm.id, reason),
      ),
    ])
    if (isSame(tables, this.#tables)) return
    this.#tables = tables
    program.memo.change(tablesInput)
  }

  #queriesOf(fn: FunctionNode, handler: string, framework: Framework): readonly TracedCall[] {
    const [resolver, graph] = [this.#resolver, this.#graph]
    const declaredTable: QueryContext['tableOf'] = (query) => this.#tableOf(query)
    return resolver.remember(queryCalls, [fn, handler, framework.id], () =>
      queryCallsOf(fn, { handler, framework, resolver, graph, tableOf: declaredTable }),
    )
  }

  #tableOf(query: Pick<QueryCall, 'orm' | 'table'>): Table | undefined {
    return this.#resolver.remember(tableDeclarations, `${query.orm} ${query.table ?? ''}`, () => {
      this.#program.memo.look(tablesInput)
      return tableOf(query, this.#tables)
    })
  }
}

const tablesInput = 'tables'

/** What a user reads of a step that failed for a reason. */
type Say = (reason: string) => string

/** Runs a step of the analysis; where it fails, the fallback stands in and the problems get one more. */
function attempt<T>(step: () => T, fallback: T, problems: Problem[], say: Say, at?: Location): T {
  try {
    return step()
  } catch (error) {
    problems.push(problemOf(error, say, at))
    return fallback
  }
}

function problemOf(error: unknown, say: Say, at?: Location): Problem {
  const reason = error instanceof Error ? error.message : String(error)
  return { kind: 'rule', file: at?.file ?? '', line: at?.line ?? 0, message: say(reason) }
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
