import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckReport } from '../../model/finding.ts'
import { routeKey } from '../../model/route.ts'
import type { Overlay } from '../../model/source.ts'
import { withProvenance } from './attribution.ts'
import { attributionFile } from './attribution-store.ts'
import { changedRoutes, type ChangedLines } from './changes.ts'
import { fileStates, gitState } from './git-state.ts'
import { compareLines, type LineMove } from './line-moves.ts'
import { readSaved, type Attributed, type Origins } from './origins.ts'

/** Where agents that follow Agent Trace write down what they did. */
const traceFolder = '.agent-trace'

/**
 * Who wrote the lines of a project, and which of them changed since the last commit: as last learnt, and moved
 * along with what is typed since.
 */
export class KnownOrigins {
  readonly #root: string
  readonly #origins: Origins
  #attributed: Attributed = { lines: [], texts: new Map() }
  #attributedState: string | null = null
  #changed: ChangedLines = new Map()
  #changedState: string | null = null

  constructor(root: string, origins: Origins) {
    this.#root = root
    this.#origins = origins
  }

  /**
   * Asks who wrote the files that a report speaks of, as their texts are now, unless nothing was saved, committed or noted
   * since the last time.
   */
  async learn(report: CheckReport, overlays: readonly Overlay[]): Promise<void> {
    const files = filesOf(report)
    const unsaved = overlays.map(({ file }) => file)
    const state = await this.#state([...files, ...unsaved])
    if (state === this.#attributedState) return
    this.#attributed = await this.#origins.attributed(files, overlays)
    this.#attributedState = state
  }

  /** A report with labels as they are known now. `overlays` are the texts that it was made on, where they aren't saved. */
  label(report: CheckReport, overlays: readonly Overlay[]): CheckReport {
    const texts = new Map(this.#attributed.texts)
    const moves = new Map<string, LineMove>()
    for (const { file, text } of overlays) {
      const before = texts.get(file)
      if (before === undefined) continue
      moves.set(file, compareLines(before, text))
      texts.set(file, text)
    }
    const lines = this.#attributed.lines.flatMap((each) => {
      const move = moves.get(each.file)
      return move === undefined ? each : move.move(each).map((range) => ({ ...each, ...range }))
    })
    return withProvenance(report, lines, texts)
  }

  /** The keys of the routes that changed since the last commit. Rejects with `HR_NO_GIT` outside of a repository. */
  async changedRoutes(report: CheckReport, overlays: readonly Overlay[]): Promise<ReadonlySet<string>> {
    const state = await this.#state(filesOf(report))
    if (state !== this.#changedState) {
      this.#changed = await this.#origins.changed()
      this.#changedState = state
    }
    const changed = new Map(this.#changed)
    for (const { file, text } of overlays) {
      const saved = await readSaved(this.#root, file).catch(() => '')
      const { move, added } = compareLines(saved, text)
      const known = changed.get(file) ?? []
      const moved = known.flatMap(({ start, end }) => move({ startLine: start, endLine: end }))
      const now = added === null ? moved : [...moved, added]
      changed.set(
        file,
        now.map(({ startLine, endLine }) => ({ start: startLine, end: endLine })),
      )
    }
    return new Set(changedRoutes(report, changed).map(routeKey))
  }

  /** A text that is another one whenever an answer may be another one. */
  async #state(files: readonly string[]): Promise<string> {
    const traces = await readdir(join(this.#root, traceFolder)).catch(() => [])
    const evidence = [attributionFile, ...traces.map((name) => join(traceFolder, name))]
    const states = await Promise.all([
      gitState(this.#root),
      fileStates([...evidence, ...files].map((file) => join(this.#root, file))),
    ])
    return [...states, ...files].join('\n')
  }
}

/** The files in which a report has routes or findings, in a fixed order. */
export function filesOf({ routes, findings }: CheckReport): string[] {
  const handlers = routes.flatMap(({ handler }) => (handler === null ? [] : [handler.file]))
  return [...new Set([...handlers, ...[...routes, ...findings].map(({ file }) => file)])].toSorted()
}
