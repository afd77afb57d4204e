import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '../../../src/model/run.ts'
import { endGroup, exitOf, spawnGroup, temporaryFolder } from '../../lifetime.ts'
import { inRepository } from '../../repository.ts'
import { round } from '../figures.ts'
import { generatorCore, onCore } from './pinned.ts'
import type { Goal, Section, SectionContext, SectionReport } from '../section.ts'
import { startServer } from './server-process.ts'
import type { Limit } from './servers/limited.ts'

const runsOfEach = 5
const stepSeconds = 1.5
/** About what a run takes: warm-up, planned steps, bisection. */
const runSeconds = 18
const tolerance = 0.1

/** One server with the budget that it is tested against. */
interface Case {
  readonly limit: Limit
  readonly budget: string
  /** Fewest users at which the budget is broken; null where that is beyond the profile's 500. */
  readonly truth: number | null
}

interface Kind {
  readonly name: string
  readonly cases: readonly Case[]
}

/**
 * N slots × 20 ms, taken in step because all users begin at once: U = 4 N + k users wait four rounds or five, five in k / N of
 * all requests (Little's law gives the mean). p95 goes from 80 ms to 100 ms, and `p95<90ms` breaks, where k / N ≥ 5 %.
 */
const semaphores: Kind = {
  name: 'semaphore of N slots × 20 ms',
  cases: [7, 17, 29, 33, 61].map((slots) => ({
    limit: { kind: 'semaphore', slots, serviceMillis: 20 },
    budget: 'p95<90ms',
    truth: Math.ceil(slots * 4.05),
  })),
}

/**
 * Every answer takes 100 ms on average, so that U users ask U / 0.1 s times; what is beyond R a second gets 503. `errors<1%`
 * breaks where 1 − R × 0.1 / U ≥ 1 %. The bucket has room for all of them, who begin at once, and a fifth more: with more room,
 * a short step would not show the breach.
 */
const buckets: Kind = {
  name: 'leaky bucket of R requests/s',
  cases: [560, 820, 1370, 1690, 2950].map((perSecond) => {
    const truth = Math.ceil((perSecond * 0.1) / 0.99)
    return {
      limit: { kind: 'bucket', perSecond, burst: Math.ceil(truth * 1.2), serviceMillis: 100 },
      budget: 'errors<1%',
      truth,
    }
  }),
}

/**
 * 40 ms up to N requests at a time, then twice as long for each further tenth of N. All users wait at the same time, so that
 * `p95<100ms` breaks where 40 × 2^((U − N) / (N / 10)) ≥ 100: U = N × (1 + log2(2.5) / 10).
 */
const collapses: Kind = {
  name: 'queue that collapses beyond N',
  cases: [30, 62, 125, 155, 270].map((users) => ({
    limit: { kind: 'collapse', users, serviceMillis: 40 },
    budget: 'p95<100ms',
    truth: Math.ceil(users * (1 + Math.log2(2.5) / 10)),
  })),
}

const unlimited: Kind = {
  name: 'no limit in range',
  cases: Array.from({ length: runsOfEach }, () => ({
    limit: { kind: 'none', serviceMillis: 100 },
    budget: 'p95<300ms,errors<1%',
    truth: null,
  })),
}

const kinds: readonly Kind[] = [semaphores, buckets, collapses, unlimited]

/**
 * Whether the breaking point is where it is: `headroom load` with the progressive profile as it ships (10 to 500 users),
 * steps of 1.5 s, against servers whose limit is known, five different limits of each kind, none on a planned step. What
 * counts is the verdict's own number, the fewest users at which the budget broke, against the fewest users at which it must
 * break in theory: within 10 % in 5 of 5 runs. A server without a limit in range must be said to hold to 500 users. The
 * server has core 0, Headroom core 1.
 */
export const breakingPoint: Section = {
  id: 'breaking-point',
  title: 'Breaking point found by the progressive profile, in users',
  seconds: () => kinds.length * runsOfEach * runSeconds,
  run: measureBreakingPoints,
}

/** What one run found. */
interface Found {
  readonly truth: number | null
  readonly users: number | null
  readonly sentence: string
  readonly good: boolean
}

async function measureBreakingPoints({ signal, progress }: SectionContext): Promise<SectionReport> {
  const rows: string[][] = []
  const goals: Goal[] = []
  for (const { name, cases } of kinds) {
    const found: Found[] = []
    for (const [index, each] of cases.entries()) {
      progress.step(`${name}, run ${index + 1} of ${cases.length}`, runSeconds)
      found.push(judge(each, await load(each, signal)))
    }
    rows.push([name, ...found.map(shown)])
    goals.push(goalOf(name, found))
  }
  return {
    columns: ['found / truth', ...Array.from({ length: runsOfEach }, (_, index) => `run ${index + 1}`)],
    rows,
    goals,
  }
}

/** Runs `headroom load` against a server of its own, and gives the run that it prints. */
async function load({ limit, budget }: Case, signal: AbortSignal): Promise<Run> {
  await using server = await startServer<null>('limited.ts', limit)
  await using folder = await temporaryFolder('headroom-load-')
  await writeFile(join(folder.path, 'server.js'), '// A project, as the command line wants one.\n')
  const options = ['--dir', folder.path, '--budget', budget, '--duration', `${stepSeconds}s`, '--json']
  const program = [inRepository('src', 'cli', 'main.ts'), 'load', server.url, ...options]
  return JSON.parse(await stdoutOf(...onCore(generatorCore, process.execPath, program), signal))
}

/** Runs a program to its end and gives what it printed; its messages are shown only where it printed no document. */
async function stdoutOf(command: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const child = spawnGroup(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = (): void => void endGroup(child, 'SIGINT')
  signal.addEventListener('abort', stop, { once: true })
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)))
  try {
    const code = await exitOf(child)
    signal.throwIfAborted()
    if (!stdout.startsWith('{')) throw new Error(`headroom load ended with exit code ${code}.\n${stderr}`)
    return stdout
  } finally {
    signal.removeEventListener('abort', stop)
    await endGroup(child)
  }
}

function judge({ truth }: Case, { verdict }: Run): Found {
  const { kind, sentence, breakingPoint: point } = verdict
  const users = kind === 'breaks' ? (point?.users ?? null) : null
  if (truth === null) {
    return { truth, users, sentence, good: kind === 'holds' && sentence.startsWith('Holds to 500 users') }
  }
  return { truth, users, sentence, good: users !== null && Math.abs(users - truth) <= truth * tolerance }
}

function shown({ truth, users, sentence, good }: Found): string {
  if (truth === null) return good ? 'holds to 500' : sentence
  if (users === null) return `– / ${truth}: ${sentence}`
  return `${users} / ${truth} (${users < truth ? '−' : '+'}${round((Math.abs(users - truth) / truth) * 100)} %)`
}

function goalOf(name: string, found: readonly Found[]): Goal {
  const good = found.filter((each) => each.good).length
  return {
    name,
    measured: `${good} of ${found.length} runs`,
    goal: `${found.length} of ${found.length} ${found[0]?.truth === null ? 'hold to 500' : 'within 10 %'}`,
    met: good === found.length,
    note: '',
  }
}
