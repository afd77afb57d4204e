import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'

/** A checkout asks for many files at once; they are asked for together. */
const gatherMillis = 50

interface Question {
  readonly file: string
  readonly text: string
  readonly answer: (isEqual: boolean) => void
}

/** Asks git whether texts are those in HEAD, in another thread. Where git may not be run, none is. */
export class HeadTexts {
  readonly #waiting = new Map<string, Question[]>()
  readonly #asking = new Set<string>()

  /** Whether a file's text is that in HEAD; false where that can't be found out. */
  areEqual(
    folder: vscode.WorkspaceFolder,
    file: string,
    text: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (!vscode.workspace.isTrusted) return Promise.resolve(false)
    const root = folder.uri.fsPath
    return new Promise((answer) => {
      const waiting = this.#waiting.get(root) ?? []
      this.#waiting.set(root, [...waiting, { file, text, answer }])
      void this.#ask(root, signal)
    })
  }

  /** Asks once at a time; what comes in the meantime is asked together. */
  async #ask(root: string, signal: AbortSignal): Promise<void> {
    if (this.#asking.has(root)) return
    this.#asking.add(root)
    await delay(gatherMillis)
    for (let asked = this.#waiting.get(root); asked !== undefined; asked = this.#waiting.get(root)) {
      this.#waiting.delete(root)
      const texts = asked.map(({ file, text }) => ({ file, text }))
      const answers = await equalHead(root, texts, signal).catch((): boolean[] => [])
      for (const [index, { answer }] of asked.entries()) answer(answers[index] ?? false)
    }
    this.#asking.delete(root)
  }
}

async function equalHead(
  root: string,
  texts: readonly { readonly file: string; readonly text: string }[],
  signal: AbortSignal,
): Promise<boolean[]> {
  if (signal.aborted) return []
  const { workflows } = await import('../workflows.ts')
  const { callApart } = await workflows.apart()
  return callApart('equalHead', { root, texts }, () => undefined, signal)
}
