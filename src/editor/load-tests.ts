import * as vscode from 'vscode'
import type { FailureData } from '../model/failure.ts'
import type { RunEvent } from '../model/panel.ts'
import type { Run } from '../model/run.ts'
import type { Inspector } from './inspector.ts'
import { LoadTestSession, type Choices } from './load-test-session.ts'
import type { RouteReference } from './route-reference.ts'
import type { RunHistory } from './run-history.ts'

/** A load test that runs when those before it have ended. */
interface Waiting extends RouteReference {
  /** Ends the waiting: true where it is its turn, false where it was cancelled. */
  readonly settle: (turn: boolean) => void
}

/** How a load test begins. */
export interface Beginning {
  /** Compares it with the route's last run whatever has changed since. */
  readonly again: boolean
  /** Whether requests that change data are agreed to. */
  readonly writes: boolean
  /** A run whose plan is sent once more, and with which it is compared. */
  readonly repeat: Run | null
  /** Whether an agent asks for it, and nobody looks at the panel. */
  readonly byAgent?: boolean
}

/** The load tests of this window: one at a time, so that they don't disturb each other's numbers; others may wait. */
export class LoadTests implements vscode.Disposable {
  readonly #history: RunHistory
  readonly #choices = new Map<string, Choices>()
  readonly #last = new Map<string, LoadTestSession>()
  readonly #changed = new vscode.EventEmitter<LoadTestSession | null>()
  /** Fires when a load test starts and, with null, when it has ended. */
  readonly onDidChange = this.#changed.event
  readonly #queued = new vscode.EventEmitter<void>()
  /** Fires when another load test waits, or waits no more. */
  readonly onDidQueue = this.#queued.event
  readonly #emitted = new vscode.EventEmitter<RunEvent>()
  /** What happens in any load test, as it happens. */
  readonly onDidEmit = this.#emitted.event
  readonly #waiting: Waiting[] = []
  #running: LoadTestSession | null = null
  #ended: Promise<unknown> = Promise.resolve()
  #closing = false

  constructor(history: RunHistory) {
    this.#history = history
  }

  get running(): LoadTestSession | null {
    return this.#running
  }

  /** The routes that wait for the running load test to end, first come first. */
  get waiting(): readonly RouteReference[] {
    return this.#waiting
  }

  /** The last load test of a route in this window, or null. */
  last(reference: RouteReference): LoadTestSession | null {
    return this.#last.get(keyOf(reference)) ?? null
  }

  choices(reference: RouteReference): Choices {
    return this.#choices.get(keyOf(reference)) ?? {}
  }

  choose(reference: RouteReference, choices: Choices): void {
    this.#choices.set(keyOf(reference), choices)
  }

  /** Resolves when no load test runs: true where it is the caller's turn to start, at once; false where it was cancelled. */
  async turn(reference: RouteReference): Promise<boolean> {
    if (this.#running === null) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#waiting.push({ ...reference, settle: resolve })
    this.#queued.fire()
    return promise
  }

  isWaiting(reference: RouteReference): boolean {
    return this.#waiting.some((each) => keyOf(each) === keyOf(reference))
  }

  /** Takes a route out of those that wait. */
  cancel(reference: RouteReference): void {
    const index = this.#waiting.findIndex((each) => keyOf(each) === keyOf(reference))
    if (index === -1) return
    const [cancelled] = this.#waiting.splice(index, 1)
    cancelled?.settle(false)
    this.#queued.fire()
  }

  /** Starts a load test with what was chosen for the route. The caller has made sure that none is running. */
  start(
    inspector: Inspector,
    route: string,
    { again, writes, repeat, byAgent = false }: Beginning,
  ): { session: LoadTestSession; ended: Promise<FailureData | null> } {
    const { folder } = inspector
    const reference = { folder: folder.uri.toString(), route }
    const kept = this.#history.latest(folder, route)
    const last = kept !== null && (again || kept.stale) ? comparable(kept.run) : null
    const choices = { ...this.choices(reference), writes }
    const session = new LoadTestSession(inspector, route, choices, {
      before: repeat ?? last,
      repeat,
      byAgent,
    })
    session.onDidEmit((event) => this.#emitted.fire(event))
    this.#running = session
    this.#last.set(keyOf(reference), session)
    this.#changed.fire(session)
    const ended = this.#finish(session)
    this.#ended = ended
    return { session, ended }
  }

  /** Ends what is running; resolves when its processes are gone. */
  async stop(): Promise<void> {
    this.#running?.stop()
    await this.#ended
  }

  /** Ends what is running and starts nothing more, without a word to those who listen: the window is going. */
  async close(): Promise<void> {
    this.#closing = true
    for (const { settle } of this.#waiting.splice(0)) settle(false)
    await this.stop()
  }

  dispose(): void {
    void this.close()
    this.#changed.dispose()
    this.#queued.dispose()
    this.#emitted.dispose()
  }

  async #finish(session: LoadTestSession): Promise<FailureData | null> {
    const outcome = await session.perform()
    if ('run' in outcome) await this.#history.add(session.folder, outcome.run)
    this.#running = null
    if (!this.#closing) {
      this.#changed.fire(null)
      this.#waiting.shift()?.settle(true)
      this.#queued.fire()
    }
    return 'failure' in outcome ? outcome.failure : null
  }
}

function keyOf({ folder, route }: RouteReference): string {
  return `${folder} ${route}`
}

/** A run that measured nothing is nothing to compare with. */
function comparable(run: Run): Run | null {
  return ['holds', 'breaks', 'fails-before-load'].includes(run.verdict.kind) ? run : null
}
