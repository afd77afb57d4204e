import * as v from 'valibot'
import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { RunEvent } from '../../model/panel.ts'
import { formatCount, formatMicros } from '../../model/format.ts'
import { loadText } from '../../model/load-level.ts'
import type { ProjectConfig } from '../../workflows/config.ts'
import { needsConsent } from '../../workflows/consent.ts'
import { listRuns } from '../../workflows/history.ts'
import { plannedSteps } from '../../workflows/profiles.ts'
import { findTarget } from '../../workflows/target.ts'
import { nextAfterRun } from '../after-run.ts'
import { chooseRoute, throwUnlessSendable, type ChosenRoute } from '../chosen-route.ts'
import { text } from '../input.ts'
import { readKeptRun } from '../kept-run.ts'
import { code, fenced, visible } from '../markdown.ts'
import { oneLine, quoted } from '../one-line.ts'
import { comparisonLine, runLines } from '../run-lines.ts'
import { mostAttempts } from '../session.ts'
import type { AgentTool, ToolContext } from '../tool.ts'
import { verifyLastFixes } from '../verify-last-fix.ts'

const mostUsers = 200

const input = v.strictObject({
  route: text('Method and path as headroom_list_routes gives them: "GET /users/:userId". Not a URL.'),
  profile: v.optional(
    v.pipe(
      v.picklist(['progressive', 'baseline', 'stress', 'spike']),
      v.description(
        'How load develops. "progressive" (default): more users step by step until it breaks. "baseline": one user. "stress": on past the breaking point. "spike": a sudden crowd.',
      ),
    ),
    'progressive',
  ),
  max_users: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(mostUsers),
      v.description('Most virtual users at the same time: a whole number from 1 to 200, 50 without it.'),
    ),
  ),
  budget_ms: v.optional(
    v.pipe(
      v.number(),
      v.minValue(1),
      v.maxValue(60_000),
      v.description(
        'The p95 that must be met, in milliseconds. Without it the budget of the project, which should be preferred.',
      ),
    ),
  ),
})

const reachableRequests = 1_000_000

type Input = v.InferOutput<typeof input>

export const loadTestRoute: AgentTool<Input> = {
  name: 'headroom_load_test_route',
  title: 'Load Test Endpoint',
  description:
    'Sends load to one endpoint of the dev server on this machine, starting that server where it does not run, until the latency budget breaks. Answers FAIL or HOLDS with p95, users, queries per request, the likely cause with its source line, and the next step. Takes 10 to 90 seconds. Call it before and after every change that should make an endpoint faster; done only when it HOLDS.',
  input,
  readOnly: false,
  destructive: true,
  async confirm(asked, { session: { host } }) {
    const config = await host.config()
    const { key } = await chosenFor(asked, host, config)
    const target = await findTarget(host.root, config)
    const users = usersFor(asked, config)
    return {
      title: l10n.t('Load test {0}?', oneLine(key)),
      message: [
        l10n.t('Target: {0} ({1})', code(oneLine(target.baseUrl)), oneLine(target.source)),
        ...(target.listening || target.startCommand === null
          ? []
          : [
              l10n.t('Nothing listens there. This command is started, and stopped again:'),
              fenced('sh', visible(target.startCommand)),
            ]),
        sizeOf(Math.max(...users), Math.ceil(plannedSeconds(asked, config, users)), config.maxRequests),
      ].join('\n\n'),
      binding: JSON.stringify([target.baseUrl, target.startCommand, users, config.maxRequests]),
    }
  },
  run: (asked, context) =>
    context.session.alone(l10n.t('a load test of {0}', oneLine(asked.route)), () => loadTest(asked, context)),
}

/** The limit of requests is named where a run could come to it. */
function sizeOf(users: number, seconds: number, maxRequests: number): string {
  return maxRequests < reachableRequests
    ? l10n.t(
        'Up to {0} users for about {1} s, at most {2} requests.',
        users,
        seconds,
        formatCount(maxRequests),
      )
    : l10n.t('Up to {0} users for about {1} s.', users, seconds)
}

async function loadTest(asked: Input, context: ToolContext): Promise<string[]> {
  const { session, signal, onProgress } = context
  const { host } = session
  const config = await host.config()
  const { key } = await chosenFor(asked, host, config)
  session.focus = key
  const earlier = (await listRuns(host.root)).find(({ route }) => route === key)
  const run = await host.loadTest(
    {
      route: key,
      profile: asked.profile,
      users: usersFor(asked, config),
      budget: asked.budget_ms === undefined ? null : `p95<${asked.budget_ms}ms,errors<1%`,
    },
    (event) => tell(event, onProgress),
    signal,
  )
  const { kind } = run.verdict
  const hadBroken = session.hasBroken(key)
  if (kind !== 'stopped') session.countLoadTest(key, kind !== 'holds')
  const before = earlier === undefined ? null : await readKeptRun(earlier).catch(() => null)
  const comparison = before === null ? null : comparisonLine(before, run)
  const attempt = session.attemptsOf(key)
  const verification = await verifyLastFixes(run, context)
  return [
    ...runLines(run),
    `route ${quoted(key)} at ${oneLine(run.plan.baseUrl, 80)}; run ${oneLine(run.id, 80)}`,
    ...(comparison === null ? [] : [comparison]),
    ...(verification?.lines ?? []),
    ...(kind !== 'holds' && hadBroken ? [`attempt ${Math.min(attempt, mostAttempts)}/${mostAttempts}`] : []),
    `next: ${await nextAfterRun(session, run, await host.check(), verification)}`,
  ]
}

/** The route that was asked for. Throws what {@link chooseRoute} throws, and `HR_UNSAFE` where the workspace doesn't allow its method. */
async function chosenFor(
  { route }: Input,
  host: ToolContext['session']['host'],
  config: ProjectConfig,
): Promise<ChosenRoute> {
  const { routes } = await host.check()
  const chosen = chooseRoute(route, routes)
  throwUnlessSendable(chosen)
  const { method, path } = chosen.endpoint
  const isSafe = method === 'GET' || method === 'HEAD'
  if (isSafe || (needsConsent(method) && config.agentsMayWrite === true)) return chosen
  throw new Failure(
    'HR_UNSAFE',
    l10n.t(
      '{0} may change data, and agents load test GET and HEAD alone. A person can allow more with "agentsMayWrite": true in headroom.config.json.',
      oneLine(`${method} ${path}`),
    ),
  )
}

/** Users at each step: those that the configuration wants, or usual ones, up to the most that were asked for. */
function usersFor({ profile, max_users: asked }: Input, { users: configured }: ProjectConfig): number[] {
  if (profile === 'baseline') return [1]
  const most = asked ?? Math.min(mostUsers, Math.max(...(configured ?? [50])))
  const levels = configured ?? [10, 25, 50, 100, 200]
  const below = levels.filter((level) => level < most)
  return [...below, most]
}

function plannedSeconds({ profile }: Input, config: ProjectConfig, users: readonly number[]): number {
  const steps = plannedSteps(profile, { ...config, users: [...users] })
  return steps.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
}

function tell(event: RunEvent, onProgress: ToolContext['onProgress']): void {
  if (event.kind === 'activity') onProgress(event.activity)
  if (event.kind === 'step-started')
    onProgress(`${loadText(event.step)}, about ${Math.ceil(event.secondsLeft)} s left`)
  if (event.kind === 'step') {
    onProgress(`${loadText(event.step)}: p95 ${formatMicros(event.step.latencyMicros.p95)}`)
  }
}
