import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StepResult } from '../../src/model/run.ts'
import { nextLevel, type NextLevel } from '../../src/verdict/next-level.ts'
import { budget, result } from './results.ts'

const levels = [100, 1000, 10_000, 100_000, 1_000_000]

/** The levels at which an endpoint is measured whose p95 takes `millis(rows)`, half of that its median. */
function walk(
  millis: (rows: number) => number | null,
  limits = budget,
): { rows: number[]; ended: string | null } {
  const done: StepResult[] = []
  for (;;) {
    const next: NextLevel = nextLevel({ done, levels, budget: limits, mostMicros: 5_000_000 })
    if (next.rows === null) return { rows: done.map((step) => step.rows ?? 0), ended: next.ended }
    assert.ok(done.length < 20, 'it ends')
    done.push(result(1, millis(next.rows), { rows: next.rows }))
  }
}

describe('nextLevel', () => {
  it('goes through all levels where nothing stands against it', () => {
    assert.deepEqual(
      walk(() => 2),
      { rows: levels, ended: null },
    )
  })

  it('ends where the budget is broken and the growth is known', () => {
    const { rows, ended } = walk((count) => 2 + count / 40)
    assert.deepEqual(rows, [100, 1000, 10_000, 100_000])
    assert.equal(ended, 'The budget was broken at 100,000 rows: with more rows it only takes longer.')
  })

  it('goes on beyond a tight budget until the growth is known', () => {
    const tight = [{ metric: 'p95', comparison: '<', limit: 5000, text: 'p95<5ms' }] as const
    assert.equal(walk((count) => 2 + count / 100, tight).rows.length, 4)
  })

  it('measures in between where the next level would not answer in time', () => {
    const { rows, ended } = walk((count) => 5 * count)
    assert.deepEqual(rows, [100, 1000, 2000])
    assert.match(ended ?? '', /^It ended before 10,000 rows: a request took 5 s at 2,000 rows\.$/)
    const square = walk((count) => count ** 2 / 1000)
    assert.deepEqual(square.rows, [100, 1000, 3000])
  })

  it('does not take noise between two close levels for the growth', () => {
    const done = [
      [10_000, 146],
      [100_000, 3000],
      [200_000, 2800],
    ] as const
    const { rows } = nextLevel({
      done: done.map(([count, millis]) => result(1, millis, { rows: count })),
      levels,
      budget: [],
      mostMicros: 5_000_000,
    })
    assert.equal(rows, 400_000)
  })

  it('ends where there is no good answer', () => {
    assert.deepEqual(
      walk((count) => (count > 100 ? null : 2)),
      { rows: [100, 1000], ended: 'There was no good answer at 1,000 rows.' },
    )
  })
})
