import { isSource } from '../../analysis/source-tree.ts'
import type { CheckReport } from '../../model/finding.ts'
import { routeKey, type Route } from '../../model/route.ts'
import type { ChangedFile, Side } from './before-tree.ts'
import { changedLinesOf } from './changed-lines.ts'
import { closure, isIn, ModuleGraph, type Leads } from './module-graph.ts'
import { importStatements, type LineRange } from './named-modules.ts'

const sides = ['before', 'after'] as const
const testFile = /(?:^|\/)(?:tests?|__tests__|__mocks__|e2e|spec)\/|\.(?:test|spec|e2e)\.[^/.]+$/
/** On the line where an endpoint is registered: something that requests to others have to pass as well. */
const registersMore = /\.\s*(?:use|register|addHook|guard)\s*\(/

interface CodeSide {
  readonly texts: ReadonlyMap<string, string>
  readonly graph: ModuleGraph
  /** The lines that register other endpoints than the one in question, with what is written there; by file. */
  readonly others: ReadonlyMap<string, readonly LineRange[]>
}

/** The code before and after a change. What leads to a file on one side leads to it. */
export class CodeSides {
  readonly #sides: Readonly<Record<Side, CodeSide>>

  /** `disk` are all texts as they are, by file; `own` the keys of the routes that may answer the endpoint in question. */
  constructor(
    disk: ReadonlyMap<string, string>,
    files: readonly ChangedFile[],
    reports: Readonly<Record<Side, CheckReport>>,
    own: ReadonlySet<string>,
  ) {
    const side = (name: Side): CodeSide => {
      const texts = new Map(disk)
      for (const { file, [name]: text } of files) {
        if (text === null) texts.delete(file)
        else texts.set(file, text)
      }
      const others = reports[name].routes.filter((route) => !own.has(routeKey(route)))
      return { texts, graph: new ModuleGraph(texts), others: registrations(others, texts) }
    }
    this.#sides = { before: side('before'), after: side('after') }
  }

  /** The files that a file leads to. */
  next(file: string): string[] {
    return this.#each(({ graph }) => graph.of(file)).flatMap(({ files }) => files)
  }

  /** The files that it leads to wherever no other endpoint is registered: what runs for all of them, or when the server starts. */
  nextAlways(file: string): string[] {
    return this.#outside(file).flatMap(({ files }) => files)
  }

  /** Whether a file may lead to files that it doesn't name. */
  isOpen(file: string): boolean {
    return this.#each(({ graph }) => graph.of(file)).some(({ isOpen }) => isOpen)
  }

  /** The same, wherever no other endpoint is registered. */
  isOpenAlways(file: string): boolean {
    return this.#outside(file).some(({ isOpen }) => isOpen)
  }

  /** The files that may be started, or be loaded in ways that are not told: those that no other one names; and what leads to `files`. */
  starts(files: readonly string[]): string[] {
    const importers = new Map<string, string[]>()
    const all = [...new Set(this.#each(({ texts }) => [...texts.keys()]).flat())]
    const sources = all.filter((file) => isSource(file) && !testFile.test(file))
    for (const importer of sources) {
      for (const file of this.next(importer)) importers.set(file, [...(importers.get(file) ?? []), importer])
    }
    const above = closure(files, (file) => importers.get(file) ?? [])
    return sources.filter((file) => above.has(file) || !importers.has(file))
  }

  /** Whether a change of a file is within the registrations of other endpoints, but for imports and comments. */
  isInOtherRoutes(changed: ChangedFile): boolean {
    const lines = changedLinesOf(changed)
    const inside = sides.map((side) => {
      const { texts, others } = this.#sides[side]
      const text = texts.get(changed.file) ?? ''
      const [all, imports] = [text.split('\n'), importStatements(text)]
      const rest = lines[side].filter((line) => !isIn(line, others.get(changed.file) ?? []))
      const saysNothing = (line: number): boolean =>
        isIn(line, imports) || /^\s*(?:\/\/.*)?$/.test(all[line - 1] ?? '')
      return { isAll: rest.every(saysNothing), isSome: rest.length < lines[side].length }
    })
    return inside.every(({ isAll }) => isAll) && inside.some(({ isSome }) => isSome)
  }

  /** The files that are named where a route is registered and where its handler is written, after the change. */
  namedBy({ file, line, endLine, handler }: Route): string[] {
    const { graph } = this.#sides.after
    const registered = graph.inside(file, [{ startLine: line, endLine }]).files
    if (handler === null) return [...registered]
    const written = { startLine: handler.line, endLine: handler.endLine }
    return [...registered, ...graph.inside(handler.file, [written]).files]
  }

  #outside(file: string): Leads[] {
    return this.#each(({ graph, others }) => graph.outside(file, others.get(file) ?? []))
  }

  #each<Value>(of: (side: CodeSide) => Value): Value[] {
    return sides.map((name) => of(this.#sides[name]))
  }
}

function registrations(
  routes: readonly Route[],
  texts: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly LineRange[]> {
  const ranges = routes
    .map(({ file, line, endLine }) => ({ file, startLine: line, endLine }))
    .filter(({ file, startLine }) => !registersMore.test(texts.get(file)?.split('\n')[startLine - 1] ?? ''))
  return Map.groupBy(ranges, ({ file }) => file)
}
