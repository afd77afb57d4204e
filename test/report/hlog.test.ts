import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { build, HistogramLogReader, type Histogram } from 'hdr-histogram-js'
import type { Run } from '../../src/model/run.ts'
import { hlog } from '../../src/report/hlog.ts'
import { syntheticRun, usualNoise } from '../verdict/synthetic-runs.ts'

const run = timed(
  syntheticRun({ seed: 1, medianMicros: 2_000, users: [10, 25], ticksPerStep: 8, noise: usualNoise }),
)
const later = { ...run, conditions: { ...run.conditions, startedAt: '2026-01-01T00:01:00.000Z' } }

/** The run with its ticks one behind the other, as the engine numbers them. */
function timed(bare: Run): Run {
  const ticks = bare.ticks.map((tick, index) => ({ ...tick, atMillis: (index + 1) * 250 }))
  return { ...bare, ticks, conditions: { ...bare.conditions, startedAt: '2026-01-01T00:00:00.000Z' } }
}

interface Read {
  readonly tags: ReadonlyMap<string, Histogram>
  readonly intervals: readonly Histogram[]
}

/** The log as the library's own reader takes it, added up by tag. */
function read(text: string): Read {
  const reader = new HistogramLogReader(text)
  const tags = new Map<string, Histogram>()
  const intervals: Histogram[] = []
  for (;;) {
    const interval = reader.nextIntervalHistogram()
    if (interval === null) return { tags, intervals }
    const sum = tags.get(interval.tag) ?? build()
    sum.add(interval)
    tags.set(interval.tag, sum)
    intervals.push(interval)
  }
}

describe('the HdrHistogram log', () => {
  it('gives every answer back to an independent reader, by step', () => {
    const { tags, intervals } = read(hlog.render({ runs: [run], comparison: null }))
    assert.equal(intervals.length, run.ticks.length)
    assert.deepEqual([...tags.keys()], ['10-users', '25-users'])
    for (const [index, step] of run.steps.entries()) {
      const histogram = tags.get(`${step.users}-users`)
      assert.equal(histogram?.totalCount, step.requests)
      const { p50, p95, max } = step.latencyMicros
      assert.deepEqual(
        [50, 95, 100].map((percentile) => histogram?.getValueAtPercentile(percentile)),
        [p50, p95, max],
        `step ${index}`,
      )
    }
  })

  it('says when each interval was', () => {
    const { intervals } = read(hlog.render({ runs: [run], comparison: null }))
    const start = Date.parse(run.conditions.startedAt)
    assert.deepEqual(
      intervals.map(({ startTimeStampMsec, endTimeStampMsec }) => [startTimeStampMsec, endTimeStampMsec]),
      run.ticks.map(({ atMillis }) => [start + atMillis - 250, start + atMillis]),
    )
  })

  it('has the header that readers look for, and lines of four or five fields', () => {
    const lines = hlog
      .render({ runs: [run], comparison: null })
      .trimEnd()
      .split('\n')
    const [, version, startTime, legend, first] = lines
    assert.equal(version, '#[Histogram log format version 1.3]')
    assert.match(startTime ?? '', /^#\[StartTime: 1767225600\.000 \(seconds since epoch\), /)
    assert.equal(legend, '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"')
    assert.match(first ?? '', /^Tag=10-users,0\.000,0\.250,\d+\.\d{3},HISTFAA[\w+/=]+$/)
  })

  it('puts two runs in one log, each under tags of its own', () => {
    const text = hlog.render({ runs: [run, later], comparison: null })
    const { tags, intervals } = read(text)
    assert.deepEqual([...tags.keys()].toSorted(), [
      'after-10-users',
      'after-25-users',
      'before-10-users',
      'before-25-users',
    ])
    assert.equal(tags.get('after-10-users')?.totalCount, tags.get('before-10-users')?.totalCount)
    const starts = intervals.map(({ startTimeStampMsec }) => startTimeStampMsec)
    assert.deepEqual(
      starts,
      starts.toSorted((one, other) => one - other),
    )
    assert.equal(starts.at(-1), Date.parse(later.conditions.startedAt) + 15 * 250)
  })

  it('takes the steps where ticks were not kept, and leaves out what was not recorded', () => {
    const steps = run.steps.map((step, index) => ({
      ...step,
      histogram: run.ticks[index * 8]?.histogram ?? '',
    }))
    const stepsAlone = hlog.render({ runs: [{ ...run, ticks: [], steps }], comparison: null })
    assert.deepEqual([...read(stepsAlone).tags.keys()], ['10-users', '25-users'])
    const nothing = hlog.render({ runs: [{ ...run, ticks: [], steps: [] }], comparison: null })
    assert.equal(read(nothing).intervals.length, 0)
  })

  it('names arrivals and rows, and what was no part of the ramp', () => {
    const [first, second] = run.steps
    assert.ok(first !== undefined && second !== undefined)
    const steps = [
      { ...first, phase: 'warm-up' as const },
      { ...second, rate: 12.5 },
    ]
    const text = hlog.render({ runs: [{ ...run, steps }], comparison: null })
    assert.deepEqual([...read(text).tags.keys()], ['warm-up-10-users', '12.5-per-second'])
  })
})
