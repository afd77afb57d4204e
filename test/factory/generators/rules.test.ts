import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { GeneratorOptions } from '../../../src/factory/generators/generator.ts'
import { isOneToOne, readPattern } from '../../../src/factory/generators/pattern-grammar.ts'
import { contextFor, valuesBy } from './value-context.ts'

function valuesOf(id: string, options: GeneratorOptions, count = 20_000): readonly unknown[] {
  const valueOf = valuesBy(id, options)
  return Array.from({ length: count }, (_, index) => valueOf(index))
}

function numbersOf(options: GeneratorOptions): readonly number[] {
  return valuesOf('range', options).map(Number)
}

function share<T>(values: readonly T[], isCounted: (value: T) => boolean): number {
  return values.filter(isCounted).length / values.length
}

function isSure(source: string): boolean {
  const pattern = readPattern(source)
  return typeof pattern !== 'string' && isOneToOne(pattern)
}

function titleCopy(options: GeneratorOptions): string {
  return String(valuesBy('copy', { column: 'title', ...options })(12))
}

for (const [source, form, size] of [
  ['[A-Z]{3}-\\d{4}', /^[A-Z]{3}-\d{4}$/, 26 ** 3 * 10_000],
  ['(red|green|blue)_\\w{2}', /^(?:red|green|blue)_[a-z0-9]{2}$/, 3 * 36 ** 2],
  ['v\\d{1,2}\\.\\d', /^v\d{1,2}\.\d$/, null],
  ['[ÄÖÜ]?x', /^[ÄÖÜ]?x$/, null],
  ['[a-c\\-_]{2}', /^[a-c_-]{2}$/, 25],
  ['日[一二三]{2}', /^日[一二三]{2}$/u, 9],
  ['plain text', /^plain text$/, 1],
] as const) {
  test(`pattern ${source}`, () => {
    const pattern = readPattern(source)
    assert.ok(typeof pattern !== 'string', source)
    if (size !== null) assert.equal(pattern.size, size)
    const values = valuesOf('pattern', { pattern: source, unique: false })
    for (const value of values) {
      assert.match(String(value), form)
      assert.ok(String(value).length >= pattern.shortest && String(value).length <= pattern.longest)
    }
    if (size !== null && size < 1000) assert.equal(new Set(values).size, size)
  })
}

test('a unique pattern gives each of its texts once', () => {
  const values = valuesOf('pattern', { pattern: '[A-D]{2}-\\d{3}', unique: true }, 16_000)
  assert.equal(new Set(values).size, 16_000)
  assert.ok(values.every((value) => /^[A-D]{2}-\d{3}$/.test(String(value))))
  const further = valuesBy('pattern', { pattern: '[A-D]{2}-\\d{3}', unique: true })(16_000)
  assert.match(String(further), /^[A-D]{2}-\d{3}-1$/)
})

test('what is no pattern is refused with the place', () => {
  for (const source of ['[A-Z', 'a*', '(a|b', 'x{3,1}', 'x{999}', '[z-a]', 'a{2', '[]']) {
    assert.equal(typeof readPattern(source), 'string', source)
  }
  const told = readPattern('ab[c')
  assert.match(typeof told === 'string' ? told : '', /`\[c`/)
})

test('only texts of one length are sure to differ', () => {
  assert.ok(isSure('[A-Z]{3}-\\d{4}'))
  assert.ok(isSure('(ab|cd)\\d'))
  assert.ok(!isSure('\\d{1,3}'))
  assert.ok(!isSure('(a|ab)(b|bb)'))
})

test('weights are kept, and what has none never comes', () => {
  const values = valuesOf(
    'choice',
    { values: ['free', 'pro', 'never', true], weights: [90, 9.5, 0, 0.5] },
    100_000,
  )
  assert.ok(Math.abs(share(values, (value) => value === 'free') - 0.9) < 0.005)
  assert.ok(Math.abs(share(values, (value) => value === 'pro') - 0.095) < 0.005)
  assert.ok(share(values, (value) => value === 1) > 0.003)
  assert.ok(!values.includes('never'))
})

test('uniform numbers reach both ends', () => {
  const values = numbersOf({ low: -2, high: 2, scale: 1, distribution: 'uniform' })
  assert.deepEqual([Math.min(...values), Math.max(...values)], [-2, 2])
  assert.equal(new Set(values).size, 41)
})

test('normal numbers lie around their mean, within the range', () => {
  const values = numbersOf({ low: 0, high: 100, scale: 0, distribution: 'normal', mean: 60, deviation: 10 })
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  assert.ok(Math.abs(mean - 60) < 0.5, String(mean))
  const within = share(values, (value) => Math.abs(value - 60) <= 10)
  assert.ok(Math.abs(within - 0.69) < 0.04, String(within))
  assert.ok(values.every((value) => value >= 0 && value <= 100 && Number.isInteger(value)))
})

test('log-normal numbers have many small and few large ones', () => {
  const values = numbersOf({
    low: 1,
    high: 10_000,
    scale: 2,
    distribution: 'log-normal',
    median: 51,
    sigma: 1,
  })
  assert.ok(Math.abs(share(values, (value) => value < 51) - 0.5) < 0.02)
  assert.ok(Math.max(...values) > 500)
  assert.ok(values.every((value) => value >= 1 && Math.round(value * 100) / 100 === value))
})

test('fixed values are stored as columns store them', () => {
  for (const [value, stored] of [
    ['Germany', 'Germany'],
    [true, 1],
    [3.5, 3.5],
    [null, null],
    [{ a: 1 }, '{"a":1}'],
    [[1], '[1]'],
  ] as const) {
    assert.equal(valuesBy('fixed', { value })(7), stored)
  }
})

test('what another column holds, changed', () => {
  assert.equal(titleCopy({}), 'Title of 12: “Ünïcode”')
  assert.equal(titleCopy({ form: 'slug' }), 'title-of-12-unicode')
  assert.equal(titleCopy({ form: 'upper' }), 'TITLE OF 12: “ÜNÏCODE”')
  assert.equal(titleCopy({ form: 'slug', maxLength: 8 }), 'title-of')
  assert.match(titleCopy({ form: 'email', unique: true }), /^title\.of\.12\.unicode\.\w+@example\.com$/)
  const later = valuesBy('copy', { column: 'low', add: { low: 1, high: 5 } })
  for (let index = 0; index < 500; index++) {
    const added = Number(later(index)) - (index + 1)
    assert.ok(added >= 1 && added <= 5)
  }
  const none = valuesBy('copy', { column: 'low' }, contextFor('x', 1, { seededValue: () => () => null }))
  assert.equal(none(1), null)
})
