import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import * as l10n from '@vscode/l10n'
import { Failure, type FailureData } from '../../model/failure.ts'
import type { AttributedLines } from '../../model/provenance.ts'
import type { Overlay } from '../../model/source.ts'
import { changedLines, type ChangedLines } from './changes.ts'
import { lineOrigins } from './line-origins.ts'

/** Who is known to have written lines, and the texts that have such lines, by file. */
export interface Attributed {
  readonly lines: readonly AttributedLines[]
  readonly texts: ReadonlyMap<string, string>
}

/** Where the lines of a project come from. Git is asked, so that asking is never cheap. */
export interface Origins {
  /** `files` are relative to the project; `overlays` are texts in the place of the saved ones. */
  attributed(files: readonly string[], overlays: readonly Overlay[]): Promise<Attributed>
  /** What of the saved files differs from the last commit. Rejects with `HR_NO_GIT` outside of a repository. */
  changed(): Promise<ChangedLines>
  dispose(): Promise<void>
}

export type OriginsQuestion =
  | { readonly kind: 'attributed'; readonly files: readonly string[]; readonly overlays: readonly Overlay[] }
  | { readonly kind: 'changed' }

export type OriginsAnswer =
  | { readonly kind: 'attributed'; readonly attributed: Attributed }
  | { readonly kind: 'changed'; readonly changed: ChangedLines }
  | { readonly kind: 'failed'; readonly failure: FailureData }

/** Asks in the caller's thread: for processes that have nothing else to do. */
export function openOrigins(root: string): Origins {
  return {
    attributed: async (files, overlays) => {
      const { attributed, texts } = await lineOrigins(root, files, textReader(root, overlays))
      const some = new Set(attributed.map(({ file }) => file))
      return { lines: attributed, texts: new Map([...texts].filter(([file]) => some.has(file))) }
    },
    changed: () => changedLines(root),
    dispose: async () => {},
  }
}

/** Reads a project's texts, those of overlays in place of the saved ones. */
export function textReader(root: string, overlays: readonly Overlay[]): (file: string) => Promise<string> {
  const texts = new Map(overlays.map(({ file, text }) => [file, text]))
  return async (file) => texts.get(file) ?? readSaved(root, file)
}

/** A file's text on disk; rejects where there is none that can be read. */
export async function readSaved(root: string, file: string): Promise<string> {
  return readFile(join(root, file), 'utf8')
}

/** Asks in a thread of its own, which keeps what git said: starting a process holds its thread for 20 ms and more. */
export function openOriginsApart(root: string): Origins {
  return new OriginsThread(root)
}

const workerEntry = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './origins-worker.cjs',
  import.meta.url,
)

class OriginsThread implements Origins {
  readonly #root: string
  /** Questions are answered in turn, so that answers need no number. */
  readonly #waiting: PromiseWithResolvers<OriginsAnswer>[] = []
  #worker: Worker | null = null
  #isClosed = false

  constructor(root: string) {
    this.#root = root
  }

  async attributed(files: readonly string[], overlays: readonly Overlay[]): Promise<Attributed> {
    const answer = await this.#ask({ kind: 'attributed', files, overlays })
    if (answer.kind === 'attributed') return answer.attributed
    throw ended()
  }

  async changed(): Promise<ChangedLines> {
    const answer = await this.#ask({ kind: 'changed' })
    if (answer.kind === 'changed') return answer.changed
    throw ended()
  }

  async dispose(): Promise<void> {
    this.#isClosed = true
    const worker = this.#worker
    this.#end(worker)
    await worker?.terminate()
  }

  async #ask(question: OriginsQuestion): Promise<OriginsAnswer> {
    if (this.#isClosed) throw ended()
    const worker = (this.#worker ??= this.#start())
    const waiting = Promise.withResolvers<OriginsAnswer>()
    this.#waiting.push(waiting)
    worker.ref()
    worker.postMessage(question)
    const answer = await waiting.promise
    if (answer.kind === 'failed') throw Failure.from(answer.failure)
    return answer
  }

  #start(): Worker {
    const worker = new Worker(workerEntry, { workerData: this.#root, execArgv: [] })
    worker.on('message', (answer: OriginsAnswer) => {
      this.#waiting.shift()?.resolve(answer)
      if (this.#waiting.length === 0) worker.unref()
    })
    worker.on('error', () => this.#end(worker))
    worker.on('exit', () => this.#end(worker))
    return worker
  }

  /** Rejects what waits for a thread that is gone; the next question starts another one. */
  #end(worker: Worker | null): void {
    if (this.#worker !== worker) return
    this.#worker = null
    for (const { reject } of this.#waiting.splice(0)) reject(ended())
  }
}

function ended(): Failure {
  return new Failure('HR_ORIGINS_ENDED', l10n.t('Asking git where the code comes from ended unexpectedly.'))
}
