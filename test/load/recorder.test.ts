import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { Recorder, type GoodAnswer } from '../../src/load/recorder.ts'

function good(status: number, latencyMicros: number, bytes: number): GoodAnswer {
  return { request: 0, status, latencyMicros, firstByteMicros: latencyMicros, bytes }
}

const metrics = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
] as const

test('percentiles are those of the sorted latencies, to three digits', () => {
  const recorder = new Recorder(20_000_000, ['GET /'])
  const latencies = Array.from({ length: 20_000 }, (_, index) => 100 + ((index * 7919) % 20_000) ** 1.5)
  for (const latency of latencies) recorder.answer(good(200, latency, 1))
  const { latencyMicros, requests, bytes } = recorder.takeStep()
  const sorted = latencies.toSorted((a, b) => a - b)
  for (const [metric, share] of metrics) {
    const real = sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
    const measured = latencyMicros[metric] ?? Number.NaN
    assert.ok(Math.abs(measured - real) / real < 0.0015, `${metric}: ${measured}, really ${real}`)
  }
  assert.equal(requests, 20_000)
  assert.equal(bytes, 20_000)
})

for (const [samples, known] of [
  [0, []],
  [1, ['p50', 'max']],
  [19, ['p50', 'max']],
  [20, ['p50', 'p90', 'p95', 'max']],
  [999, ['p50', 'p90', 'p95', 'max']],
  [1_000, ['p50', 'p90', 'p95', 'p99', 'max']],
  [10_000, ['p50', 'p90', 'p95', 'p99', 'p999', 'max']],
] as const) {
  test(`${samples} answers give ${known.join(', ') || 'no percentile'}`, () => {
    const recorder = new Recorder(1_000_000, ['GET /'])
    for (let sample = 0; sample < samples; sample += 1) recorder.answer(good(200, 500, 0))
    for (let failure = 0; failure < 30_000; failure += 1)
      recorder.failure(0, { kind: 'status-5xx', status: 500, message: 'no' }, 0)
    const { latencyMicros } = recorder.takeStep()
    const given = Object.entries(latencyMicros).filter(([, value]) => value !== null)
    assert.deepEqual(
      given.map(([metric]) => metric),
      known,
    )
  })
}

test('intervals are deltas, the step is all of them merged, and the next step begins empty', () => {
  const recorder = new Recorder(1_000_000, ['GET /'])
  recorder.answer(good(200, 10, 5))
  recorder.failure(0, { kind: 'timeout', status: null, message: 'late' }, 0)
  const first = recorder.takeInterval()
  assert.deepEqual([first.requests, first.bytes, first.errors.timeout], [2, 5, 1])
  recorder.answer(good(201, 90_000, 7))
  recorder.failure(0, { kind: 'timeout', status: null, message: 'later' }, 0)
  recorder.cancel(3)
  assert.equal(recorder.requests, 4)
  const second = recorder.takeInterval()
  assert.deepEqual(
    [second.requests, second.bytes, second.errors.timeout, second.errors.cancelled],
    [2, 7, 1, 3],
  )
  const step = recorder.takeStep()
  assert.deepEqual([step.requests, step.bytes, step.errors.timeout, step.errors.cancelled], [4, 12, 2, 3])
  assert.deepEqual(step.statuses, { 200: 1, 201: 1 })
  assert.deepEqual(step.samples, [{ kind: 'timeout', status: null, message: 'late' }])
  assert.equal(decodeFromCompressedBase64(step.histogram).totalCount, 2)
  const next = recorder.takeStep()
  assert.deepEqual([next.requests, next.bytes, next.samples.length, next.latencyMicros.max], [0, 0, 0, null])
  assert.deepEqual(next.statuses, {})
})

test('a latency beyond the highest, or below a microsecond, is recorded at the limit', () => {
  const recorder = new Recorder(10_000, ['GET /'])
  recorder.answer(good(200, 99_000_000, 0))
  recorder.answer(good(200, 0.2, 0))
  const { latencyMicros } = recorder.takeStep()
  assert.equal(latencyMicros.p50, 1)
  assert.ok(Math.abs((latencyMicros.max ?? 0) - 10_000) < 20)
})
