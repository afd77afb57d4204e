import { performance } from 'node:perf_hooks'
import { round } from '../figures.ts'
import { goodAnswers, openEngine, stepOf } from './headroom.ts'
import { startNginx } from './nginx.ts'
import { residentBytes } from './pinned.ts'
import type { Section, SectionContext, SectionReport } from '../section.ts'
import { slope } from '../statistics.ts'

const users = 50
const minutesAlone = 10
const minutesAmongOthers = 1
const sampleMillis = 500
const goalGrowth = 0.1

/** The load child's memory at one moment of the run. */
interface Sample {
  readonly seconds: number
  readonly bytes: number
}

/**
 * Whether the load child's memory stays flat: 50 users at full speed against nginx for ten minutes (one where all sections
 * run, `--minutes` for another length), its resident memory read from /proc twice a second. The first minute (of a short run
 * the first third) is left for heap and compiled code to settle. After it, the highest reading may lie at most 10 % above the
 * highest one before, and the least-squares line through what follows may rise by at most 10 % from its begin to its end. Only
 * the ten minutes say something about a slow leak.
 */
export const soak: Section = {
  id: 'soak',
  title: 'Memory of the load child under full load, in MB',
  seconds: (context) => minutesOf(context) * 60 + 2,
  run: measureSoak,
}

function minutesOf({ minutes, alone }: Pick<SectionContext, 'minutes' | 'alone'>): number {
  return minutes ?? (alone ? minutesAlone : minutesAmongOthers)
}

async function measureSoak(context: SectionContext): Promise<SectionReport> {
  await using cleanup = new AsyncDisposableStack()
  const nginx = await startNginx(cleanup)
  const engine = cleanup.use(await openEngine(nginx.url, context.signal))
  const minutes = minutesOf(context)
  const samples: Sample[] = []
  const startedAt = performance.now()
  const sample = (): void => {
    const seconds = (performance.now() - startedAt) / 1000
    samples.push({ seconds, bytes: residentBytes(engine.pid) })
    if (samples.length % 60 === 1) {
      context.progress.step(
        `${megabytes(residentBytes(engine.pid))} MB`,
        Math.min(30, minutes * 60 - seconds),
      )
    }
  }
  const timer = setInterval(sample, sampleMillis)
  try {
    const requests = goodAnswers(await engine.runStep(stepOf(users, minutes * 60)))
    return reportOf(samples, requests, minutes)
  } finally {
    clearInterval(timer)
  }
}

function reportOf(samples: readonly Sample[], requests: number, minutes: number): SectionReport {
  const settledAt = Math.min(60, minutes * 20)
  const before = samples.filter(({ seconds }) => seconds < settledAt)
  const after = samples.filter(({ seconds }) => seconds >= settledAt)
  const highest = (some: readonly Sample[]): number => Math.max(...some.map(({ bytes }) => bytes))
  const mean = after.reduce((sum, { bytes }) => sum + bytes, 0) / after.length
  const growth = highest(after) / highest(before) - 1
  const bytesPerSecond = slope(after.map(({ seconds, bytes }) => [seconds, bytes]))
  const rise = (bytesPerSecond * (minutes * 60 - settledAt)) / mean
  const settled = `after ${settledAt} s`
  return {
    columns: [
      'minutes',
      'requests',
      `highest in the first ${settledAt} s`,
      `highest ${settled}`,
      `mean ${settled}`,
      'at the end',
      'slope a minute',
    ],
    rows: [
      [
        String(minutes),
        `${round(requests / 1e6)} million`,
        megabytes(highest(before)),
        megabytes(highest(after)),
        megabytes(mean),
        megabytes(after.at(-1)?.bytes ?? Number.NaN),
        ((bytesPerSecond * 60) / 1e6).toFixed(2),
      ],
    ],
    goals: [
      {
        name: 'Growth of the highest reading',
        measured: percent(growth),
        goal: '≤ 10 %',
        met: growth <= goalGrowth,
        note: '',
      },
      {
        name: 'Rise of the line through the rest',
        measured: percent(rise),
        goal: '≤ 10 %',
        met: rise <= goalGrowth,
        note: '',
      },
    ],
  }
}

function percent(share: number): string {
  return `${round(share * 100)} %`
}

function megabytes(bytes: number): string {
  return round(bytes / 1e6)
}
