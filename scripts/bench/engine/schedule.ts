import type { StepResult } from '../../../src/model/run.ts'
import { median, round } from '../figures.ts'
import { goodAnswers, openEngine, stepOf } from './headroom.ts'
import { startNginx } from './nginx.ts'
import { coresUsed, disturbance, watchWaiting } from './pinned.ts'
import type { Goal, Section, SectionContext, SectionReport } from '../section.ts'
import { spread } from '../statistics.ts'

const rates = [1000, 5000, 10_000]
const rounds = 3
const seconds = 5
const users = 100

interface Round {
  readonly result: StepResult
  readonly cores: number
  readonly waited: number
  /** nginx's own count of requests, a second. */
  readonly answeredRate: number
}

/**
 * Whether the open model keeps its schedule: what was offered against what was achieved at 1,000, 5,000 and 10,000 requests a
 * second to nginx, and how late arrivals were noticed. Three rounds through all rates. The achieved rate is held against
 * nginx's own count of requests. Server and generator have a core each.
 */
export const schedule: Section = {
  id: 'schedule',
  title: 'Open model: offered against achieved rate, and how late arrivals are noticed',
  seconds: () => rates.length * rounds * (seconds + 0.7),
  run: measureSchedule,
}

async function measureSchedule({ signal, progress }: SectionContext): Promise<SectionReport> {
  await using cleanup = new AsyncDisposableStack()
  const nginx = await startNginx(cleanup)
  const levels = rates.map((rate) => ({ rate, measured: new Array<Round>() }))
  for (let number = 1; number <= rounds; number++) {
    for (const { rate, measured } of levels) {
      progress.step(`round ${number} of ${rounds}, ${rate} requests/s`, seconds + 0.7)
      await using engine = await openEngine(nginx.url, signal)
      const waiting = watchWaiting(engine.pid)
      const before = await nginx.answered()
      const [result, cores] = await Promise.all([
        engine.runStep(stepOf(users, seconds, rate)),
        coresUsed(engine.pid, seconds, signal),
      ])
      goodAnswers(result)
      if (result.arrivals === undefined) throw new Error('the engine has no open model.')
      measured.push({
        result,
        cores,
        waited: waiting.share(),
        answeredRate: ((await nginx.answered()) - before) / seconds,
      })
    }
  }
  return {
    columns: [
      'offered/s',
      'achieved/s',
      "nginx's count/s",
      'lag p50, ms',
      'lag p99, ms',
      'lag max, ms',
      'unsent',
      'cores used',
    ],
    rows: levels.map(({ rate, measured }) => rowOf(rate, measured)),
    goals: levels.flatMap(({ rate, measured }) => [rateGoal(rate, measured), lagGoal(rate, measured)]),
    notes: [
      disturbance({
        generator: Math.max(...levels.flatMap(({ measured }) => measured.map(({ waited }) => waited))),
      }),
    ],
  }
}

function rowOf(rate: number, measured: readonly Round[]): string[] {
  const lag = (metric: 'p50' | 'p99' | 'max'): string => spread(lags(measured, metric))
  return [
    String(rate),
    spread(measured.map(({ result }) => result.achievedRate)),
    spread(measured.map(({ answeredRate }) => answeredRate)),
    lag('p50'),
    lag('p99'),
    lag('max'),
    spread(measured.map(({ result }) => result.arrivals?.unsent ?? 0)),
    spread(measured.map(({ cores }) => cores)),
  ]
}

function lags(measured: readonly Round[], metric: 'p50' | 'p99' | 'max'): number[] {
  return measured.flatMap(({ result }) => {
    const micros = result.arrivals?.lagMicros[metric] ?? null
    return micros === null ? [] : [micros / 1000]
  })
}

/** The worst round counts, by the engine's account or nginx's, whichever is further off. */
function rateGoal(rate: number, measured: readonly Round[]): Goal {
  const off = measured.map(({ result, answeredRate }) =>
    Math.max(Math.abs(result.achievedRate - rate), Math.abs(answeredRate - rate)),
  )
  const worst = (Math.max(...off) / rate) * 100
  return {
    name: `Achieved rate at ${rate} requests/s`,
    measured: `off by ${round(worst)} % at most`,
    goal: '≤ 1 %',
    met: worst <= 1,
    note: '',
  }
}

function lagGoal(rate: number, measured: readonly Round[]): Goal {
  const found = median(lags(measured, 'p99'))
  return {
    name: `Arrival lag p99 at ${rate} requests/s`,
    measured: found === null ? 'not reported' : `${spread(lags(measured, 'p99'))} ms`,
    goal: '≤ 5 ms',
    met: found !== null && found <= 5,
    note: '',
  }
}
