import * as vscode from 'vscode'
import { gitFolderOf, gitMovedWithin } from './git-moves.ts'
import type { Headroom } from '../headroom.ts'
import type { Inspections } from '../inspections.ts'
import type { Inspector } from '../inspector.ts'
import type { LoadTests } from '../load-tests.ts'
import { RouteArrivals } from './route-arrivals.ts'
import { asRouteReference, type RouteReference } from '../route-reference.ts'

/** What a click on the sign of a new endpoint runs; it is no command of people's. */
export const seeNewEndpointCommand = 'headroom.seeNewEndpoint'

/** How long git is given to show that it was git that brought a route. */
const quietMillis = 2_000

/**
 * The endpoints that appeared in this window and that nobody has looked at since. What a checkout, a stash or the first
 * inspection brings isn't new.
 */
export class NewEndpoints implements vscode.Disposable {
  readonly #folders = new Map<string, RouteArrivals>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #changed = new vscode.EventEmitter<void>()
  /** Fires when an endpoint became new, or is new no more. */
  readonly onDidChange = this.#changed.event
  readonly #lifetime: vscode.Disposable

  constructor(inspections: Inspections, loadTests: LoadTests) {
    this.#lifetime = vscode.Disposable.from(
      this.#changed,
      inspections.onDidSettle((inspector) => this.#take(inspector)),
      loadTests.onDidChange((session) => {
        if (session !== null) this.see({ folder: session.folder.uri.toString(), route: session.route })
      }),
      vscode.commands.registerCommand(seeNewEndpointCommand, async (argument: unknown) => {
        const reference = asRouteReference(argument)
        if (reference === null) return
        this.see(reference)
        const report = inspections.of(vscode.Uri.parse(reference.folder))?.report
        if (report?.findings.some(({ routes }) => routes.includes(reference.route)) === true) {
          await vscode.commands.executeCommand('headroom.showFindings', reference)
        }
      }),
    )
  }

  /** All of them, in the order in which the code has them. */
  get all(): RouteReference[] {
    return [...this.#folders].flatMap(([folder, { arrived }]) => arrived.map((route) => ({ folder, route })))
  }

  has({ folder, route }: RouteReference): boolean {
    return this.#folders.get(folder)?.arrived.includes(route) ?? false
  }

  /** Says that somebody has looked at an endpoint. */
  see({ folder, route }: RouteReference): void {
    if (this.#folders.get(folder)?.see(route) === true) this.#changed.fire()
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    this.#lifetime.dispose()
  }

  #take(inspector: Inspector): void {
    const routes = inspector.report?.routes ?? (inspector.failure?.code === 'HR_NO_SOURCE' ? [] : null)
    if (routes === null) return
    const folder = inspector.folder.uri.toString()
    const arrivals = this.#folders.get(folder) ?? new RouteArrivals()
    this.#folders.set(folder, arrivals)
    const before = arrivals.arrived.join('\n')
    arrivals.take(routes)
    if (arrivals.arrived.join('\n') !== before) this.#changed.fire()
    if (arrivals.isPending && !this.#timers.has(folder)) this.#settleLater(inspector, arrivals)
  }

  /** Git writes its index and HEAD after the files, so that what appeared is judged a little later. */
  #settleLater(inspector: Inspector, arrivals: RouteArrivals, changedAt = inspector.changedAt): void {
    const folder = inspector.folder.uri.toString()
    const settle = async (): Promise<void> => {
      const git = await gitFolderOf(inspector.folder.uri.fsPath)
      const movedWithin = git === null ? null : await gitMovedWithin(git, changedAt)
      if (!this.#timers.delete(folder)) return
      arrivals.settle(movedWithin === null || movedWithin >= quietMillis)
      if (arrivals.arrived.length > 0) this.#changed.fire()
    }
    this.#timers.set(
      folder,
      setTimeout(() => void settle(), quietMillis),
    )
  }
}

/** What the lens of a new endpoint says: `New endpoint · 2 findings · never load tested`. */
export function newEndpointTitle(findings: number, isTested: boolean): string {
  return [vscode.l10n.t('New endpoint'), ...facts(findings, isTested)].join(' · ')
}

/** One line that says what is new: `New endpoint GET /orders: 2 findings, never load tested`. */
export function newEndpointsText(
  { inspections, history }: Pick<Headroom, 'inspections' | 'history'>,
  references: readonly RouteReference[],
): string {
  const [first] = references
  const names = references.map(({ route }) => route)
  if (first === undefined || names.length > 1) {
    const shown = names.slice(0, 3).join(', ')
    return names.length > 3
      ? vscode.l10n.t('{0} new endpoints: {1} and {2} more', names.length, shown, names.length - 3)
      : vscode.l10n.t('{0} new endpoints: {1}', names.length, shown)
  }
  const { folder, report } = inspections.of(vscode.Uri.parse(first.folder)) ?? { folder: null, report: null }
  const findings = report?.findings.filter(({ routes }) => routes.includes(first.route)).length ?? 0
  const isTested = folder !== null && history.latest(folder, first.route) !== null
  const known = facts(findings, isTested)
  const name = vscode.l10n.t('New endpoint {0}', first.route)
  return known.length === 0 ? name : `${name}: ${known.join(', ')}`
}

function facts(findings: number, isTested: boolean): string[] {
  const found = findings === 1 ? vscode.l10n.t('1 finding') : vscode.l10n.t('{0} findings', findings)
  return [...(findings === 0 ? [] : [found]), ...(isTested ? [] : [vscode.l10n.t('never load tested')])]
}
