import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { round } from '../figures.ts'
import { goodAnswers, openEngine, stepOf } from './headroom.ts'
import { disturbance, watchWaiting } from './pinned.ts'
import type { Goal, Section, SectionContext, SectionReport } from '../section.ts'
import { startServer } from './server-process.ts'
import { percentile } from '../statistics.ts'

const users = 50
const seconds = 15
const shownPercents = [1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 100]
/** Every whole percentile, and where tails are read. */
const judgedPercents = [...Array.from({ length: 99 }, (_, index) => index + 1), 99.5, 99.9, 100]
const tolerance = 0.01
const floorMillis = 1

/**
 * Whether the whole distribution of latencies is right: a server answers after known delays between 5 and 400 ms, most of
 * them short, and notes for each request how long it really took from reading it to writing the answer. 50 users of the
 * closed model for 15 s; the same requests are in both lists, so every percentile of the histogram must agree with the
 * server's own, within 1 % + 1 ms. Percentiles are nearest ranks on both sides. Server and generator have a core each.
 */
export const distribution: Section = {
  id: 'distribution',
  title: 'Latency of a server with known delays, in ms',
  seconds: () => seconds + 2,
  run: measureDistribution,
}

async function measureDistribution({ signal, progress }: SectionContext): Promise<SectionReport> {
  await using server = await startServer<readonly number[]>('delays.ts', {})
  await using engine = await openEngine(server.url, signal)
  progress.step('50 users', seconds + 2)
  await engine.runStep(stepOf(users, 1))
  await server.ask('report')
  const waiting = { server: watchWaiting(server.pid), generator: watchWaiting(engine.pid) }
  const result = await engine.runStep(stepOf(users, seconds))
  const waited = { server: waiting.server.share(), generator: waiting.generator.share() }
  const truth = (await server.ask('report')).toSorted((a, b) => a - b)
  const histogram = decodeFromCompressedBase64(result.histogram)
  const found = (percent: number): number => histogram.getValueAtPercentile(percent) / 1000
  const column = (value: (percent: number) => number): string[] =>
    shownPercents.map((each) => round(value(each)))
  return {
    columns: ['', ...shownPercents.map((percent) => (percent === 100 ? 'max' : `p${percent}`))],
    rows: [
      ['the truth, as the server noted it', ...column((percent) => percentile(truth, percent))],
      ['Headroom', ...column(found)],
    ],
    goals: [countGoal(goodAnswers(result), truth.length), worstGoal(truth, found)],
    notes: [disturbance(waited)],
  }
}

function countGoal(counted: number, served: number): Goal {
  return {
    name: 'Answers counted',
    measured: String(counted),
    goal: `${served}, as the server`,
    met: counted === served,
    note: '',
  }
}

/** The percentile that is furthest off, as a share of what is allowed there. */
function worstGoal(truth: readonly number[], found: (percent: number) => number): Goal {
  const all = judgedPercents.map((percent) => {
    const right = percentile(truth, percent)
    const off = Math.abs(found(percent) - right)
    return { percent, right, off, share: off / (right * tolerance + floorMillis) }
  })
  const [worst] = all.toSorted((a, b) => b.share - a.share)
  if (worst === undefined) throw new Error('There are percentiles to judge.')
  return {
    name: `All of ${all.length} percentiles within 1 % + 1 ms`,
    measured: `${all.filter(({ share }) => share <= 1).length} of ${all.length}`,
    goal: `${all.length}`,
    met: worst.share <= 1,
    note: `furthest off: p${worst.percent}, ${round(worst.off)} ms at ${round(worst.right)} ms`,
  }
}
