import * as l10n from '@vscode/l10n'
import { resolveTarget } from '../../load/loopback.ts'
import { Failure, failureData } from '../../model/failure.ts'
import type { CheckReport, FixSummary } from '../../model/finding.ts'
import type { Run } from '../../model/run.ts'
import type { FixCheck, Verification } from '../../model/verification.ts'
import { openTrees, type ChangedFile, type CodeTrees } from './before-tree.ts'
import type { ProjectConfig } from '../config.ts'
import { needsConsent, unsafeMethod } from '../consent.ts'
import { parseEndpoint, type Endpoint } from '../endpoint.ts'
import { listRuns } from '../history.ts'
import { endpointKey, matchRoute, prepareLoadTest, type LoadTestOrder } from '../prepare.ts'
import { readRun } from '../runs.ts'
import { findTarget, isLoopbackName, type Target } from '../target.ts'
import { seededCopy } from '../test-endpoint.ts'
import { check, verifyCodeIn, type MeantFinding } from './code.ts'
import { compareWithEarlier } from './earlier.ts'
import { assertReaches } from './reach.ts'
import { somebodyElses, takeTurns, type TurnsOrder, type VerifyProgress } from './turns.ts'
import { contractCheck, errorsCheck, fasterCheck, unmeasured } from './words.ts'

/** A change to verify, as a face or a tool asks for it. Plain data. */
export interface VerificationOrder extends Pick<
  LoadTestOrder,
  'root' | 'parameters' | 'headers' | 'body' | 'database' | 'writes'
> {
  readonly config: ProjectConfig
  /** `GET /users/:userId` */
  readonly route: string
  readonly files: readonly ChangedFile[]
  /** The finding that the change is to mend. */
  readonly finding?: MeantFinding
  readonly fix?: Pick<FixSummary, 'safety'>
  /** Whether what clients get is meant to change. A fix of the safety `review` says so itself. */
  readonly contractChange: boolean
  /** Whether starting the dev server is agreed to. */
  readonly start: boolean
  /** Left out: where the endpoint's last run broke, else its last good load, else 10. */
  readonly users?: number
  readonly secondsPerTurn?: number
  /** Turns of each side; 4 where left out, and 3 at least. */
  readonly rounds?: number
  /** A run of the code before, to be compared with where both can't be measured in turn. */
  readonly before?: Run
}

const defaultUsers = 10
const mostUsers = 1000
const defaultSeconds = 3
const fewestSeconds = 0.5
const mostSeconds = 60
const defaultRounds = 4
const fewestRounds = 3
const loadChecks = ['contract', 'no-new-errors', 'faster'] as const

/**
 * Verifies a change: what it does to the code, and where that is in order, what it does under load. The code before and the
 * code after are started in turn from copies beside the project, whose own files stay as they are. What can't be measured is
 * said to be so, with the reason. Throws `HR_ROUTE` for an endpoint that isn't in the code, `HR_OTHER_ROUTE` for one that the
 * change cannot concern, `HR_UNSAFE` where requests would change data and nobody agreed, `HR_NO_CHANGE`, `HR_NOT_LOOPBACK`,
 * `HR_STOPPED`, and other failures of what was asked for.
 */
export async function verifyUnderLoad(
  order: VerificationOrder,
  emit: (progress: VerifyProgress) => void,
  signal: AbortSignal,
): Promise<Verification> {
  const { endpoint } = parseEndpoint(order.route)
  if (needsConsent(endpoint.method) && order.writes !== true) throw unsafeMethod(order.route)
  if (order.files.every(({ before, after }) => before === after)) {
    throw new Failure('HR_NO_CHANGE', l10n.t('There is no change to verify: before and after are the same.'))
  }
  await using trees = openTrees(order.root, order.files)
  emit({ activity: l10n.t('Reading the code before and after'), secondsLeft: null })
  const { root, files, finding = null } = order
  const { checks, reports } = await verifyCodeIn(root, files, finding, trees, signal)
  const report = reports?.after ?? null
  throwIfStopped(signal)
  const route = endpointKey({ endpoint, routes: report?.routes ?? [] })
  if (checks.some(({ outcome }) => outcome === 'failed')) {
    const reason = l10n.t('the change is refuted without load')
    return concluded(route, [...checks, ...loadChecks.map((id) => unmeasured(id, reason))])
  }
  if (report !== null && report.routes.length > 0 && matchRoute(endpoint, report.routes) === null) {
    throw new Failure(
      'HR_ROUTE',
      l10n.t('There is no route {0} in the code. List them with: headroom routes', order.route),
    )
  }
  // The analysis has seen that what a fix mends concerns the endpoint.
  const isKnown = finding !== null && route !== null && finding.routes.includes(route)
  if (reports !== null && !isKnown) assertReaches({ root, endpoint, files, reports })
  const measured = await loadOrReason({ ...order, endpoint, report, trees }, emit, signal)
  return concluded(route, [...checks, ...measured])
}

/** The verdict that checks make together. */
export function concluded(route: string | null, checks: readonly FixCheck[]): Verification {
  const isMeasured = loadChecks.every((id) =>
    checks.some((each) => each.id === id && each.outcome !== 'not-measured'),
  )
  const failed = checks.some(({ outcome }) => outcome === 'failed')
  const verdict = failed ? 'refuted' : isMeasured ? 'verified' : 'not-measured'
  return { schema: 'headroom.verification/1', verdict, route, checks }
}

interface LoadOrder extends VerificationOrder {
  readonly endpoint: Endpoint
  readonly report: CheckReport | null
  readonly trees: CodeTrees
}

type Emit = (progress: VerifyProgress) => void

/** What keeps a server from being measured is a result; what was asked for wrongly is thrown. */
async function loadOrReason(order: LoadOrder, emit: Emit, signal: AbortSignal): Promise<readonly FixCheck[]> {
  try {
    return await verifyLoad(order, emit, signal)
  } catch (error) {
    const { exitCode, message, code } = failureData(error)
    if (signal.aborted || exitCode !== 3 || code === 'HR_STOPPED') throw error
    return loadChecks.map((id) => unmeasured(id, message))
  }
}

async function verifyLoad(order: LoadOrder, emit: Emit, signal: AbortSignal): Promise<readonly FixCheck[]> {
  const { root, config } = order
  const target = await findTarget(root, config)
  // Nothing else is sent before the engine's own check of the address, which refuses other machines.
  await resolveTarget(target.baseUrl)
  const isFree = !target.listening && isLoopbackName(target.host)
  const isOurs = isFree && target.startCommand !== null && order.start
  if (!isOurs && order.before !== undefined) {
    emit({ activity: l10n.t('Measuring the code after, to compare with an earlier run'), secondsLeft: null })
    return compareWithEarlier({ ...loadTestOrder(order), before: order.before }, signal)
  }
  if (!isFree) throw somebodyElses(target)
  if (!isOurs) throw notStarted(target)
  const copy = order.database === undefined ? await seededCopy(root, config) : null
  const turns = await turnsOrder(order, target, copy)
  const { pairs, answers, failed } = await takeTurns(turns, emit, signal)
  if (failed !== null) return failed.side === 'before' ? failedBefore(failed.kind) : failedAfter(failed.kind)
  const declared = order.contractChange || order.fix?.safety === 'review'
  return [
    contractCheck(answers.before, answers.after, declared),
    errorsCheck(pairs),
    fasterCheck(pairs, turns.users),
  ]
}

/** What the server said of it is no part of the checks, which models read. */
function failedBefore(kind: 'start' | 'answer'): FixCheck[] {
  const reason =
    kind === 'start'
      ? l10n.t('the code before the change does not start from a copy')
      : l10n.t('the code before the change does not answer as it should')
  return loadChecks.map((id) => unmeasured(id, reason))
}

function failedAfter(kind: 'start' | 'answer'): FixCheck[] {
  const what =
    kind === 'start'
      ? l10n.t('the server does not start any more')
      : l10n.t('the server does not answer as it should any more')
  return loadChecks.map((id) => (id === 'no-new-errors' ? check(id, 'failed', what) : unmeasured(id, what)))
}

async function turnsOrder(
  order: LoadOrder,
  target: Target,
  copy: Awaited<ReturnType<typeof seededCopy>>,
): Promise<TurnsOrder> {
  const { root, config, trees } = order
  const database = copy === null ? {} : { database: copy.databaseUrl }
  const request = await prepareLoadTest({ ...loadTestOrder(order), ...database, target })
  const users = order.users ?? (await usersThatBroke(root, request.route)) ?? usersIn(config)
  return {
    root,
    target,
    plan: request.plan,
    route: request.route,
    trees,
    environment: copy?.environment ?? {},
    users: Math.min(users, mostUsers, config.maxInFlight),
    secondsPerTurn: Math.min(mostSeconds, Math.max(fewestSeconds, order.secondsPerTurn ?? defaultSeconds)),
    rounds: Math.max(fewestRounds, order.rounds ?? defaultRounds),
  }
}

/** The profile only matters in that it doesn't end a step early. */
function loadTestOrder(order: LoadOrder): Omit<LoadTestOrder, 'target'> {
  const { root, config, endpoint, report, parameters, headers, body, database, writes } = order
  return {
    root,
    config,
    endpoint,
    routes: report?.routes ?? [],
    findings: report?.findings ?? [],
    profile: 'baseline',
    ...(parameters === undefined ? {} : { parameters }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    ...(database === undefined ? {} : { database }),
    ...(writes === undefined ? {} : { writes }),
  }
}

/** No more than load tests have here. */
function usersIn({ users }: ProjectConfig): number {
  return users === undefined ? defaultUsers : Math.min(defaultUsers, Math.max(...users))
}

/** Where the endpoint's newest kept run broke, else the most users at which it was measured; null where none is kept. */
async function usersThatBroke(root: string, route: string): Promise<number | null> {
  const entry = (await listRuns(root)).find((each) => each.route === route)
  const run = entry === undefined ? null : await readRun(entry.file).catch(() => null)
  if (run === null || run.plan.model !== 'closed') return null
  const most = Math.max(0, ...run.steps.filter(({ phase }) => phase === 'ramp').map(({ users }) => users))
  return run.verdict.breakingPoint?.users ?? (most > 0 ? most : null)
}

function notStarted({ startCommand, host, port }: Target): Failure {
  const message =
    startCommand === null
      ? l10n.t('No command is known that starts the server. Set "startCommand" in headroom.config.json.')
      : l10n.t(
          'Nothing listens on {0}:{1}. Say that `{2}` may be started (--start).',
          host,
          port,
          startCommand,
        )
  return new Failure('HR_NO_SERVER', message, {
    exitCode: 3,
    actions: [{ id: 'start', title: l10n.t('Start'), commandLine: '--start' }],
  })
}

function throwIfStopped(signal: AbortSignal): void {
  if (!signal.aborted) return
  throw new Failure('HR_STOPPED', l10n.t('Stopped before the change was verified. Nothing was changed.'), {
    exitCode: 3,
  })
}
