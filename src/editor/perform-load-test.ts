import * as vscode from 'vscode'
import { Failure, type FailureAction } from '../model/failure.ts'
import { parameterNames } from '../model/route.ts'
import { askAddress, askBody, askBudget, askValues } from './ask-choices.ts'
import type { Run } from '../model/run.ts'
import { isTrusted, type Headroom } from './headroom.ts'
import type { Inspector } from './inspector.ts'
import type { Choices, LoadTestSession } from './load-test-session.ts'
import type { RouteReference } from './route-reference.ts'
import { showDatabaseSource } from './seeding.ts'

/** How a load test begins, as far as commands say. */
export interface PerformOptions {
  /** Compares it with the last run whatever has changed since. */
  readonly again?: boolean
  /** A yes to what changes data, given to a failure that asked for it. */
  readonly agreed?: boolean
  /** A run whose plan is sent once more, and with which it is compared. */
  readonly repeat?: Run
}

/**
 * True where the load test of a route may begin, now or after those before it. While one runs the user is asked, who may
 * also look at it or stop it.
 */
export async function mayBegin({ loadTests, panel }: Headroom, reference: RouteReference): Promise<boolean> {
  const { running } = loadTests
  if (running === null) return true
  const [show, stop, next] = [vscode.l10n.t('Show'), vscode.l10n.t('Stop'), vscode.l10n.t('Run Next')]
  const waits = loadTests.isWaiting(reference)
  const message = waits
    ? vscode.l10n.t('A load test of {0} is running, and {1} is next.', running.route, reference.route)
    : vscode.l10n.t('A load test of {0} is running. Two at once would disturb each other.', running.route)
  const buttons = waits ? [show, stop] : [next, show, stop]
  const chosen = await vscode.window.showInformationMessage(message, ...buttons)
  if (chosen === show && loadTests.running !== null) panel.show(loadTests.running)
  if (chosen === stop) await loadTests.stop()
  return chosen === next
}

/** Asks as {@link mayBegin} does, then runs the load test of a route as {@link performLoadTest}. */
export async function offerLoadTest(
  headroom: Headroom,
  inspector: Inspector,
  route: string,
  options: PerformOptions = {},
): Promise<void> {
  const reference = { folder: inspector.folder.uri.toString(), route }
  if (!(await isTrusted(vscode.l10n.t('Load testing'))) || !(await mayBegin(headroom, reference))) return
  await performLoadTest(headroom, inspector, route, options)
}

/**
 * Runs a load test with what was chosen for the route, as soon as none runs, and shows it in the panel, to its verdict or
 * failure.
 */
export async function performLoadTest(
  headroom: Headroom,
  inspector: Inspector,
  route: string,
  { again = false, agreed = false, repeat }: PerformOptions = {},
): Promise<void> {
  const { loadTests, panel, failures } = headroom
  const writes = await changesData(route)
  if (writes && !agreed && !(await agreesToWrites(route))) return
  if (!(await loadTests.turn({ folder: inspector.folder.uri.toString(), route }))) return
  const beginning = { again, writes: writes || agreed, repeat: repeat ?? null }
  const { session, ended } = loadTests.start(inspector, route, beginning)
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
  } else if (id === 'database-source') {
    await showDatabaseSource(inspector.folder)
  } else if (id === 'seed') {
    await vscode.commands.executeCommand('headroom.seed', reference)
  } else if (id === 'retry' || id === 'start' || id === 'agree') {
    await offerLoadTest(headroom, inspector, route, { agreed: id === 'agree' })
  } else {
    const changed = await askFor(id, argument, reference, headroom.loadTests.choices(reference))
    if (changed === null) return
    headroom.loadTests.choose(reference, changed)
    await offerLoadTest(headroom, inspector, route)
  }
}

async function askFor(
  id: string,
  argument: string | undefined,
  { route }: RouteReference,
  choices: Choices,
): Promise<Choices | null> {
  if (id === 'use-address' && argument !== undefined) return { ...choices, baseUrl: argument }
  if (id === 'expect-status') return { ...choices, expectStatus: Number(argument) }
  if (id === 'change-port') return askAddress(choices)
  if (id === 'change-budget') return askBudget(choices, 'p95<2s,errors<1%')
  if (id === 'enter-body') return askBody(choices)
  const name = argument ?? parameterNames(route)[0]
  return id === 'enter-values' && name !== undefined ? askValues(choices, name) : null
}
