import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Finding, FixSafety } from '../model/finding.ts'
import type { FixedFile } from '../workflows/fix.ts'
import type { AgentHost } from './host.ts'

/** How often an agent may try before a person should look. */
export const mostAttempts = 3

/** Attempts are forgotten after so long: a person has looked since, or it is another task. */
const attemptsLastMillis = 30 * 60_000

/** A fix that this session wrote, with the texts before it. */
export interface AppliedFix {
  readonly finding: Pick<Finding, 'rule' | 'file' | 'routes'>
  /** Keys of the routes that reached the finding. */
  readonly routes: readonly string[]
  readonly safety: FixSafety
  readonly files: readonly FixedFile[]
}

interface Attempts {
  readonly count: number
  readonly at: number
}

interface Running {
  readonly what: string
  readonly startedAt: number
}

/** What lasts between the calls of one agent: what it tried, what it changed, and the one thing that runs. */
export interface AgentSession {
  readonly host: AgentHost
  /** Fixes that were written and not verified yet, oldest first. */
  readonly fixes: AppliedFix[]
  /** What a person agreed to, by tool and input: a run that would do something else is refused. */
  readonly agreed: Map<string, string>
  /** Whether rows were added in this session: then a load test comes next, not more rows. */
  hasSeeded: boolean
  /** The route that the agent looked at last; what next steps are about. */
  focus: string | null
  /** Load tests of a route that broke again after the first that did; 0 where none did. */
  attemptsOf(route: string): number
  /** Whether a load test of a route broke, and none has held since. */
  hasBroken(route: string): boolean
  /** Counts a load test of a route: one that held forgets what was before it. */
  countLoadTest(route: string, broke: boolean): void
  /** Does one thing at a time; throws `HR_BUSY` where another is being done. */
  alone<T>(what: string, work: () => Promise<T>): Promise<T>
}

/** Opens a session for one agent on one host. Whoever opened the host disposes it. */
export function openSession(host: AgentHost): AgentSession {
  const broken = new Map<string, Attempts>()
  let running: Running | null = null
  const known = (route: string): Attempts | null => {
    const found = broken.get(route)
    return found === undefined || Date.now() - found.at > attemptsLastMillis ? null : found
  }
  return {
    host,
    fixes: [],
    agreed: new Map(),
    hasSeeded: false,
    focus: null,
    attemptsOf: (route) => known(route)?.count ?? 0,
    hasBroken: (route) => known(route) !== null,
    countLoadTest(route, broke) {
      if (!broke) broken.delete(route)
      else broken.set(route, { count: (known(route)?.count ?? -1) + 1, at: Date.now() })
    },
    async alone(what, work) {
      if (running !== null) throw busy(running)
      running = { what, startedAt: Date.now() }
      try {
        return await work()
      } finally {
        running = null
      }
    },
  }
}

function busy({ what, startedAt }: Running): Failure {
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  return new Failure(
    'HR_BUSY',
    l10n.t('One at a time: {0} has been running for {1} s. Nothing was started.', what, seconds),
  )
}
