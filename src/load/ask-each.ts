import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Answer } from '../model/run.ts'
import { countRows, parseJson } from './answer-check.ts'
import { shapeOf } from './answer-shape.ts'
import { resolveTarget, type Lookup } from './loopback.ts'
import type { PreflightRequest } from './protocol.ts'
import { compileScenario } from './scenario.ts'
import type { VirtualUser } from './virtual-user.ts'
import { walk, type Failed } from './walk.ts'

/**
 * One user asks for the last request of every flow once, in order, and keeps its cookies and what it captured. Gives an
 * answer for each flow, whatever its status. Throws `HR_FLOW` where a request before a flow's last one, such as the log-in,
 * failed; otherwise as `runPreflight`. `lookup` is the resolver, the system's by default.
 */
export async function askEach(
  { baseUrl, flows, transport, timeoutMillis }: PreflightRequest,
  signal: AbortSignal,
  lookup?: Lookup,
): Promise<readonly Answer[]> {
  const target = await resolveTarget(baseUrl, lookup)
  const scenario = compileScenario(flows, target.pathPrefix, 0, 'in-turn')
  const lasts = scenario.flows.map(({ requests }) => requests.at(-1))
  const answers: Answer[] = []
  await walk({ target, transport, scenario, timeoutMillis, signal }, (user, failed) => {
    const { request } = user
    if (request === lasts[answers.length]) {
      answers.push(answerOf(user, failed))
    } else if (failed !== null) {
      const name = request?.name.replace(/ \(.*\)$/, '') ?? ''
      throw new Failure(
        'HR_FLOW',
        l10n.t(
          '{0} answered {1}, and the requests after it need its answer: {2}.',
          name,
          failed.status ?? failed.kind,
          failed.message,
        ),
        { exitCode: 3 },
      )
    }
    return answers.length < flows.length
  })
  return answers
}

function answerOf(user: VirtualUser, failed: Failed | null): Answer {
  const status = failed === null ? user.status : failed.status
  return {
    status,
    kind: failed?.kind ?? null,
    redirected: user.redirects > 0,
    rows: countRows(parseJson(user.text ?? '')),
    // Where no answer was read, the text is that of the one before.
    ...(status === null || failed?.kind === 'redirect' ? {} : { shape: shapeOf(user.text) }),
  }
}
