import * as vscode from 'vscode'
import { Failure, type FailureAction, type FailureData } from '../model/failure.ts'
import { emptySnapshot, type PanelSnapshot, type RunEvent } from '../model/panel.ts'
import { parameterNames } from '../model/route.ts'
import type { Run } from '../model/run.ts'
import type { ProjectConfig } from '../workflows/config.ts'
import { configOverrides } from './configuration.ts'
import { thrownFailure, withEditorActions } from './failures.ts'
import type { Inspector } from './inspector.ts'
import type { PanelContent } from './panel-content.ts'
import { findRoute } from './route-reference.ts'

/** What a developer chose for one route in place of the configuration. Kept while the window is open. */
export interface Choices {
  readonly baseUrl?: string
  readonly profile?: string
  readonly users?: readonly number[]
  /** Requests a second, for the profiles that send at a rate. */
  readonly rates?: readonly number[]
  /** Rows of the table under test, for the profile that grows it. */
  readonly rowsAt?: readonly number[]
  readonly stepSeconds?: number
  readonly budget?: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly body?: string
  /** The status that good answers have: 401, to test the refusal itself. */
  readonly expectStatus?: number
}

/** The choices of one load test, with whether it was agreed that its requests change data. */
export interface AgreedChoices extends Choices {
  readonly writes: boolean
}

/** The project's configuration under the editor's settings and the developer's choices. */
export async function readChosenConfig(
  folder: vscode.WorkspaceFolder,
  choices: Choices,
): Promise<ProjectConfig> {
  const { workflows } = await import('./workflows.ts')
  const { readConfig } = await workflows.config()
  const { baseUrl, users, rates, rowsAt, stepSeconds } = choices
  return readConfig(folder.uri.fsPath, {
    ...configOverrides(folder.uri),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(users === undefined ? {} : { users: [...users] }),
    ...(rates === undefined ? {} : { rates: [...rates] }),
    ...(rowsAt === undefined ? {} : { rowsAt: [...rowsAt] }),
    ...(stepSeconds === undefined ? {} : { stepSeconds, soakSeconds: stepSeconds }),
  })
}

/** The runs that a load test follows, and who asks for it. */
interface Earlier {
  /** Drawn beneath it and compared with it. */
  readonly before: Run | null
  /** Sent once more, load by load and value by value. */
  readonly repeat: Run | null
  readonly byAgent: boolean
}

/** One load test from the click to the verdict, with everything that happened in it. */
export class LoadTestSession implements PanelContent {
  readonly folder: vscode.WorkspaceFolder
  readonly route: string
  readonly choices: AgreedChoices
  readonly snapshot: PanelSnapshot
  readonly #inspector: Inspector
  readonly #earlier: Earlier
  #run: Run | null = null
  readonly #events: RunEvent[] = []
  readonly #emitted = new vscode.EventEmitter<RunEvent>()
  readonly onDidEmit = this.#emitted.event
  readonly #abort = new AbortController()

  constructor(inspector: Inspector, route: string, choices: AgreedChoices, earlier: Earlier) {
    this.#inspector = inspector
    this.folder = inspector.folder
    this.route = route
    this.choices = choices
    this.#earlier = earlier
    const snapshot = emptySnapshot(route, earlier.before)
    this.snapshot = earlier.byAgent ? { ...snapshot, byAgent: true } : snapshot
  }

  get run(): Run | null {
    return this.#run
  }

  get events(): readonly RunEvent[] {
    return this.#events
  }

  /** Ends the run within half a second, with what was measured. */
  stop(): void {
    this.#abort.abort()
  }

  /** Runs the load test once; resolves to the run, or to the failure that kept it from being measured. Never rejects. */
  async perform(): Promise<{ readonly run: Run } | { readonly failure: FailureData }> {
    try {
      this.#run = await this.#measure()
      return { run: this.#run }
    } catch (error) {
      const failure = this.#offer(thrownFailure(error))
      this.#emit({ kind: 'failure', failure })
      return { failure }
    } finally {
      this.#emitted.dispose()
    }
  }

  /** The failure with what can be done about it for this route. */
  #offer(failure: FailureData): FailureData {
    const { actions, ...rest } = withEditorActions(failure)
    const hasParameters = parameterNames(this.route).length > 0
    const offered = actions
      .filter(({ id }) => id !== 'enter-values' || hasParameters)
      .map((action) => (isDatabase(failure) && action.id === 'open-config' ? showSource() : action))
    return { ...rest, actions: offered }
  }

  #emit(event: RunEvent): void {
    this.#events.push(event)
    this.#emitted.fire(event)
  }

  async #measure(): Promise<Run> {
    const root = this.folder.uri.fsPath
    const config = await readChosenConfig(this.folder, this.choices)
    this.#emit({ kind: 'activity', activity: vscode.l10n.t('Reading the code') })
    const report = await this.#inspector.current()
    const order = {
      ...this.#endpoint(report?.routes ?? []),
      ...repeated(this.#earlier.repeat),
      root,
      config: withExpectation(config, this.route, this.choices.expectStatus),
      start: true,
      writes: this.choices.writes,
      routes: report?.routes ?? [],
      findings: report?.findings ?? [],
      reads: report?.reads ?? {},
    }
    const { workflows } = await import('./workflows.ts')
    const { callApart } = await workflows.apart()
    return callApart('testEndpoint', order, (event) => this.#emit(event), this.#abort.signal)
  }

  #endpoint(routes: Parameters<typeof findRoute>[0]) {
    const route = findRoute(routes, this.route)
    if (route === null) {
      throw new Failure('HR_NO_ROUTE', vscode.l10n.t('{0} is no longer in the code.', this.route))
    }
    const { profile, budget, parameters, body } = this.choices
    return {
      endpoint: { method: route.method === 'ALL' ? ('GET' as const) : route.method, path: route.path },
      ...(profile === undefined ? {} : { profile }),
      ...(budget === undefined ? {} : { budget }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(body === undefined ? {} : { body }),
      ...(this.#earlier.before === null ? {} : { before: this.#earlier.before }),
    }
  }
}

function isDatabase({ code }: FailureData): boolean {
  return code.startsWith('HR_DATABASE_')
}

function showSource(): FailureAction {
  return { id: 'database-source', title: vscode.l10n.t('Show Where Its URL Comes From') }
}

function withExpectation(config: ProjectConfig, route: string, status: number | undefined): ProjectConfig {
  return status === undefined ? config : { ...config, expect: { ...config.expect, [route]: { status } } }
}

/** What an order takes from the run that it repeats. */
function repeated(run: Run | null) {
  // So that a sweep can be run again: rows that stay would leave no room for its first levels.
  const undoAfter = true
  if (run === null) return { volume: { undoAfter } }
  const { plan } = run
  const { profile, budget, volume } = plan
  return {
    repeat: plan,
    profile,
    budget: budget.map(({ text }) => text).join(','),
    volume: { undoAfter, ...(volume === undefined ? {} : { table: volume.table, rowsAt: volume.levels }) },
  }
}
