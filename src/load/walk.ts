import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Transport } from '../model/load-plan.ts'
import type { ErrorKind } from '../model/run.ts'
import type { Target } from './loopback.ts'
import type { Scenario } from './scenario.ts'
import { VirtualUser } from './virtual-user.ts'

/** What was wrong with an answer; `status` is null where no complete one came. */
export interface Failed {
  readonly kind: ErrorKind
  readonly status: number | null
  readonly message: string
}

export interface Walk {
  readonly target: Target
  readonly transport: Transport
  readonly scenario: Scenario
  readonly timeoutMillis: number
  readonly signal: AbortSignal
}

/**
 * One user goes through the scenario, one request after the other. `onAnswer` looks at each answer, whose request and text
 * are the user's, and says whether to go on; what it throws ends the walk. Rejects with `HR_STOPPED` when `signal`
 * aborts, and with what no server made, such as a refused target.
 */
export function walk(
  { signal, ...settings }: Walk,
  onAnswer: (user: VirtualUser, failed: Failed | null) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const user = new VirtualUser({
      ...settings,
      keepsText: true,
      sink: {
        answered: () => answered(null),
        failed: (_, kind, status, message) => answered({ kind, status, message }),
        wantsSample: () => true,
        chunk: () => undefined,
        tokens: () => undefined,
        broken: fail,
      },
    })
    const stop = (): void =>
      fail(new Failure('HR_STOPPED', l10n.t('Stopped before any load was sent.'), { exitCode: 3 }))

    function send(): void {
      clearTimeout(timer)
      timer = setTimeout(() => user.timeOut(), settings.timeoutMillis)
      user.send(null)
    }
    function answered(failed: Failed | null): void {
      try {
        if (onAnswer(user, failed)) send()
        else end(resolve)
      } catch (error) {
        end(() => reject(error))
      }
    }
    function fail(error: Error): void {
      end(() => reject(error))
    }
    function end(settle: () => void): void {
      signal.removeEventListener('abort', stop)
      clearTimeout(timer)
      user.close()
      settle()
    }

    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    else send()
  })
}
