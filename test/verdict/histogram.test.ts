import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { percentileOf } from '../../src/model/histogram.ts'
import { countFrom, decodeHistogram, mergeCounts } from '../../src/verdict/histogram.ts'
import { histogramOf, uniform } from './synthetic-runs.ts'

const draw = uniform(3)
const values = Array.from({ length: 20_000 }, () => Math.round(Math.exp(draw() * 17)))

test('reads what the library writes, to the same percentiles', () => {
  const encoded = histogramOf(values)
  const library = decodeFromCompressedBase64(encoded)
  const own = decodeHistogram(encoded) ?? assert.fail()
  assert.equal(own.total, library.totalCount)
  for (const percentile of [0.1, 25, 50, 90, 95, 99, 99.9, 100]) {
    assert.equal(percentileOf(own, percentile), library.getValueAtPercentile(percentile), `p${percentile}`)
  }
})

test('merged parts are as if recorded together', () => {
  const parts = [values.slice(0, 5000), values.slice(5000)].map((part) => decodeHistogram(histogramOf(part)))
  const merged = mergeCounts(parts.filter((part) => part !== null))
  assert.deepEqual(merged, decodeHistogram(histogramOf(values)))
})

test('counts only what is surely at the limit or above', () => {
  const counts = decodeHistogram(histogramOf([100, 200, 300_000, 300_100, 400_000])) ?? assert.fail()
  assert.equal(countFrom(counts, 200), 4)
  assert.equal(countFrom(counts, 300_500), 1)
  assert.equal(countFrom(counts, 400_001), 0)
})

test('what is no histogram is null, an empty one has no percentile', () => {
  for (const text of ['', 'aGVsbG8gd29ybGQ=', histogramOf(values).slice(0, 40)]) {
    assert.equal(decodeHistogram(text), null)
  }
  const empty = decodeHistogram(histogramOf([])) ?? assert.fail()
  assert.deepEqual([empty.total, percentileOf(empty, 50)], [0, null])
})
