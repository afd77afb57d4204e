import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatBytes, formatCount, formatMicros, formatPercent, formatRate } from '../../src/model/format.ts'

for (const [format, cases] of [
  [
    formatMicros,
    [
      [0, '0 µs'],
      [12, '12 µs'],
      [999.4, '999 µs'],
      [4_100, '4.1 ms'],
      [180_000, '180 ms'],
      [999_499, '999 ms'],
      [999_600, '1 s'],
      [4_100_000, '4.1 s'],
      [75_000_000, '75 s'],
    ],
  ],
  [
    formatRate,
    [
      [0.003, '0.003 requests/s'],
      [2.44, '2.4 requests/s'],
      [24, '24 requests/s'],
      [1234.4, '1,234 requests/s'],
    ],
  ],
  [
    formatBytes,
    [
      [0, '0 B'],
      [512, '512 B'],
      [4_100, '4.1 kB'],
      [18_000_000, '18 MB'],
      [999_600, '1 MB'],
    ],
  ],
  [
    formatCount,
    [
      [7, '7'],
      [1234, '1,234'],
      [10_000_000, '10,000,000'],
    ],
  ],
  [
    formatPercent,
    [
      [0, '0%'],
      [0.0001, '0.01%'],
      [0.001, '0.1%'],
      [0.041, '4.1%'],
      [0.92, '92%'],
      [0.9999, '99.9%'],
      [1, '100%'],
    ],
  ],
] as const) {
  test(`${format.name} writes numbers for people, and null as not measured`, () => {
    for (const [value, text] of cases) assert.equal(format(value), text)
    assert.equal(format(null), 'not measured')
  })
}

test('nothing that is not zero is written as zero', () => {
  for (const value of [1e-9, 1e-6, 0.0004, 0.004, 0.04]) {
    for (const format of [formatMicros, formatRate, formatBytes, formatPercent]) {
      assert.doesNotMatch(format(value), /^0(\.0+)? ?[^\d.]/, `${format.name}(${value})`)
    }
  }
})
