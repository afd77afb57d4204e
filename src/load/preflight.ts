import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import { formatMicros } from '../model/format.ts'
import type { Preflight } from '../model/run.ts'
import { countRows, parseJson } from './answer-check.ts'
import { resolveTarget, type Lookup, type Target } from './loopback.ts'
import type { PreflightRequest } from './protocol.ts'
import { compileScenario } from './scenario.ts'
import type { VirtualUser } from './virtual-user.ts'
import { walk, type Failed } from './walk.ts'

/**
 * One user goes through the first flow once, and the last answer is described, whatever its status. Throws `HR_NO_SERVER`,
 * `HR_NO_ANSWER`, `HR_REDIRECT`, `HR_UNEXPECTED`, `HR_FLOW` where an earlier request failed, what `resolveTarget` and
 * `compileScenario` throw, and `HR_STOPPED` when `signal` aborts. `lookup` is the resolver, the system's by default.
 */
export async function runPreflight(
  preflight: PreflightRequest,
  signal: AbortSignal,
  lookup?: Lookup,
): Promise<Preflight> {
  const { flows, transport, timeoutMillis } = preflight
  const target = await resolveTarget(preflight.baseUrl, lookup)
  const scenario = compileScenario(flows.slice(0, 1), target.pathPrefix, 0)
  const last = scenario.requests.length - 1
  let described: Preflight | null = null
  await walk({ target, transport, scenario, timeoutMillis, signal }, (user, failed) => {
    const isLast = user.request?.index === last
    if (failed !== null && !(isLast && failed.kind.startsWith('status-'))) {
      throw preflightFailure(failed, user, target, preflight)
    }
    if (isLast) described = describe(user)
    return !isLast
  })
  if (described === null) throw new Error('A walk ends with its last answer.')
  return described
}

function describe(user: VirtualUser): Preflight {
  return {
    status: user.status,
    latencyMicros: Math.round(user.latencyMicros),
    bytes: user.bytes,
    contentType: user.contentType,
    rows: countRows(parseJson(user.text ?? '')),
  }
}

function preflightFailure(
  failed: Failed,
  user: VirtualUser,
  target: Target,
  preflight: PreflightRequest,
): Failure {
  const { kind, status, message } = failed
  const name = user.request?.name ?? ''
  if (kind === 'refused') return message.includes('ERR_SSL_') ? noTls(target) : nothingListens(target)
  if (kind === 'timeout') return noAnswer(name, target, preflight.timeoutMillis)
  if (kind === 'redirect') {
    return new Failure(
      'HR_REDIRECT',
      l10n.t(
        '{0}: {1}. Headroom only loads the server you name: log in first, or name the server it leads to if that is on this machine.',
        name,
        message,
      ),
      { exitCode: 3 },
    )
  }
  if (status === null) {
    const isPlain = kind === 'reset' && target.origin.startsWith('http:')
    return new Failure(
      'HR_NO_ANSWER',
      isPlain
        ? l10n.t(
            "{0} did not answer {1} properly: {2}. Does it want https? If not, look at your server's log.",
            target.host,
            name,
            message,
          )
        : l10n.t(
            "{0} did not answer {1} properly: {2}. Look at your server's log.",
            target.host,
            name,
            message,
          ),
      { exitCode: 3 },
    )
  }
  if (kind === 'wrong-body') {
    return new Failure(
      'HR_UNEXPECTED',
      l10n.t(
        '{0} answered {1}, but not as expected: {2}. Change what is expected, or the request.',
        name,
        status,
        message,
      ),
      { exitCode: 3 },
    )
  }
  return new Failure(
    'HR_FLOW',
    l10n.t('{0} answered {1}, and the requests after it need its answer: {2}.', name, status, message),
    { exitCode: 3 },
  )
}

function noTls(target: Target): Failure {
  return new Failure(
    'HR_NO_TLS',
    l10n.t(
      "Something listens on {0}, but it doesn't speak TLS. Load it over http instead of https.",
      target.host,
    ),
    {
      exitCode: 3,
      actions: [
        { id: 'change-port', title: l10n.t('Change Port'), commandLine: `--base-url http://${target.host}` },
      ],
    },
  )
}

function nothingListens(target: Target): Failure {
  return new Failure(
    'HR_NO_SERVER',
    l10n.t('Nothing is listening on {0}. Start your server, or say where it listens.', target.host),
    {
      exitCode: 3,
      actions: [
        { id: 'change-port', title: l10n.t('Change Port'), commandLine: '--base-url http://localhost:3001' },
      ],
    },
  )
}

function noAnswer(name: string, target: Target, timeoutMillis: number): Failure {
  const waited = formatMicros(timeoutMillis * 1000)
  return new Failure(
    'HR_NO_ANSWER',
    l10n.t(
      '{0} accepted {1} but did not answer within {2}, before any load. Does it wait for something that is down?',
      target.host,
      name,
      waited,
    ),
    { exitCode: 3 },
  )
}
