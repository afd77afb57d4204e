import * as vscode from 'vscode'
import type { FailureData } from '../model/failure.ts'
import type { RunEvent } from '../model/panel.ts'
import type { Run } from '../model/run.ts'
import type { Inspector } from './inspector.ts'
import { LoadTestSession, type Choices } from './load-test-session.ts'
import type { RouteReference } from './route-reference.ts'
import type { RunHistory } from './run-history.ts'

/** The load tests of this window: one at a time, so that they don't disturb each other's numbers. */
export class LoadTests implements vscode.Disposable {
  readonly #history: RunHistory
  readonly #choices = new Map<string, Choices>()
  readonly #last = new Map<string, LoadTestSession>()
  readonly #changed = new vscode.EventEmitter<LoadTestSession | null>()
  /** Fires when a load test starts and, with null, when it has ended. */
  readonly onDidChange = this.#changed.event
  readonly #emitted = new vscode.EventEmitter<RunEvent>()
  /** What happens in any load test, as it happens. */
  readonly onDidEmit = this.#emitted.event
  #running: LoadTestSession | null = null
  #ended: Promise<unknown> = Promise.resolve()

  constructor(history: RunHistory) {
    this.#history = history
  }

  get running(): LoadTestSession | null {
    return this.#running
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

  /**
   * Starts a load test with what was chosen for the route. It is compared with the route's last run where `again` asks
   * for that, or where the code has changed since. The caller has made sure that none is running, and that requests which
   * change data are agreed to where `writes` says so.
   */
  start(
    inspector: Inspector,
    route: string,
    { again, writes }: { readonly again: boolean; readonly writes: boolean },
  ): { session: LoadTestSession; ended: Promise<FailureData | null> } {
    const { folder } = inspector
    const reference = { folder: folder.uri.toString(), route }
    const kept = this.#history.latest(folder, route)
    const before = kept !== null && (again || kept.stale) ? comparable(kept.run) : null
    const session = new LoadTestSession(inspector, route, { ...this.choices(reference), writes }, before)
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

  dispose(): void {
    this.#running?.stop()
    this.#changed.dispose()
    this.#emitted.dispose()
  }

  async #finish(session: LoadTestSession): Promise<FailureData | null> {
    const outcome = await session.perform()
    if ('run' in outcome) await this.#history.add(session.folder, outcome.run)
    this.#running = null
    this.#changed.fire(null)
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
