import * as vscode from 'vscode'
import { Failure, type FailureAction } from '../model/failure.ts'
import { parameterNames } from '../model/route.ts'
import { askAddress, askBody, askBudget, askValues } from './ask-choices.ts'
import { isTrusted, type Headroom } from './headroom.ts'
import type { Inspector } from './inspector.ts'
import type { Choices, LoadTestSession } from './load-test-session.ts'
import type { RouteReference } from './route-reference.ts'

/** True where no load test runs; otherwise says so, and offers to show or to stop it. */
export async function isIdle({ loadTests, panel }: Headroom): Promise<boolean> {
  const { running } = loadTests
  if (running === null) return true
  const [show, stop] = [vscode.l10n.t('Show'), vscode.l10n.t('Stop')]
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('A load test of {0} is running. Two at once would disturb each other.', running.route),
    show,
    stop,
  )
  if (chosen === show) panel.show(running)
  if (chosen === stop) await loadTests.stop()
  return false
}

/**
 * Runs a load test with what was chosen for the route and shows it in the panel, to its verdict or failure. `again`
 * compares it with the last run whatever has changed since; `agreed` is a yes to what changes data, given to a failure that
 * asked for it.
 */
export async function performLoadTest(
  headroom: Headroom,
  inspector: Inspector,
  route: string,
  { again = false, agreed = false }: { readonly again?: boolean; readonly agreed?: boolean } = {},
): Promise<void> {
  const { loadTests, panel, failures } = headroom
  if (!(await isTrusted(vscode.l10n.t('Load testing'))) || !(await isIdle(headroom))) return
  const writes = await changesData(route)
  if (writes && !agreed && !(await agreesToWrites(route))) return
  const { session, ended } = loadTests.start(inspector, route, { again, writes: writes || agreed })
  panel.show(session)
  const failure = await ended
  if (failure === null || failure.code === 'HR_STOPPED') return
  // An action may start the next load test; this one is over, and nobody waits for it.
  void failures.present(Failure.from(failure), (action) => actOnFailure(headroom, inspector, session, action))
}

async function changesData(route: string): Promise<boolean> {
  const { workflows } = await import('./workflows.ts')
  const { needsConsent } = await workflows.consent()
  return needsConsent(route.split(' ')[0] ?? '')
}

/** Asks before every load test that writes, the repeated ones too: each of them leaves its rows behind. */
async function agreesToWrites(route: string): Promise<boolean> {
  const send = vscode.l10n.t('Send the Requests')
  const detail = vscode.l10n.t(
    'A load test sends it thousands of times, and every request writes to the database that your server uses. Headroom can remove rows that it seeded, not these.',
  )
  const message = vscode.l10n.t('{0} changes data. Load test it?', route)
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, send)) === send
}

/** Carries out what a failure of a load test offers. */
export async function actOnFailure(
  headroom: Headroom,
  inspector: Inspector,
  { route }: Pick<LoadTestSession, 'route'>,
  { id, argument }: FailureAction,
): Promise<void> {
  const reference = { folder: inspector.folder.uri.toString(), route }
  if (id === 'open-config') {
    await vscode.commands.executeCommand('headroom.openConfiguration', reference)
  } else if (id === 'seed') {
    await vscode.commands.executeCommand('headroom.seed', reference)
  } else if (id === 'retry' || id === 'start' || id === 'agree') {
    await performLoadTest(headroom, inspector, route, { agreed: id === 'agree' })
  } else {
    const changed = await askFor(id, argument, reference, headroom.loadTests.choices(reference))
    if (changed === null) return
    headroom.loadTests.choose(reference, changed)
    await performLoadTest(headroom, inspector, route)
  }
}

async function askFor(
  id: string,
  argument: string | undefined,
  { route }: RouteReference,
  choices: Choices,
): Promise<Choices | null> {
  if (id === 'use-address' && argument !== undefined) return { ...choices, baseUrl: argument }
  if (id === 'change-port') return askAddress(choices)
  if (id === 'change-budget') return askBudget(choices, 'p95<2s,errors<1%')
  if (id === 'enter-body') return askBody(choices)
  const name = argument ?? parameterNames(route)[0]
  return id === 'enter-values' && name !== undefined ? askValues(choices, name) : null
}
