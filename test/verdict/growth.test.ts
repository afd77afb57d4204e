import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { grownTo, type Growth, type GrowthClass } from '../../src/model/volume.ts'
import { growthOf, type GrowthPoint } from '../../src/verdict/growth.ts'

const decades = [100, 1000, 10_000, 100_000, 1_000_000]

/** Numbers between 0 and 1 in an order that a seed decides (a linear congruential generator). */
function randoms(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
}

/** A sweep over an endpoint whose median takes `micros(rows)`, each level off by a factor of e^(noise · gaussian). */
function sweep(
  micros: (rows: number) => number,
  { levels = decades, noise = 0, random = randoms(1) } = {},
): GrowthPoint[] {
  return levels.map((rows) => {
    const p50Micros = micros(rows) * Math.exp(noise * gaussian(random))
    return { rows, p50Micros, p95Micros: p50Micros * 1.4, count: 200 }
  })
}

function p50(points: readonly GrowthPoint[]): Growth {
  const [first] = growthOf(points)
  assert.ok(first !== undefined)
  return first
}

/** A scan of the table and nothing else. */
function scan(rows: number): number {
  return 5 * rows
}

const endpoints: Record<string, { class: GrowthClass; micros: (rows: number) => number }> = {
  'a look-up by key': { class: 'constant', micros: () => 1800 },
  'a tree that grows deeper': { class: 'logarithmic', micros: (rows) => 500 + 150 * Math.log(rows) },
  'a table scan': { class: 'linear', micros: (rows) => 2000 + 1.9 * rows },
  'a scan that a large fixed cost hides up to 10,000 rows': {
    class: 'linear',
    micros: (rows) => 20_000 + 0.1 * rows,
  },
  'nothing but the scan': { class: 'linear', micros: scan },
  'a sort in memory, which nobody tells from a scan': {
    class: 'linear',
    micros: (rows) => 1500 + 0.4 * rows * Math.log2(rows),
  },
  'every row with every other': { class: 'quadratic', micros: (rows) => 2000 + 1e-3 * rows ** 2 },
  'every row with every other, late to be seen': {
    class: 'quadratic',
    micros: (rows) => 5000 + 1e-6 * rows ** 2,
  },
}

describe('growthOf', () => {
  for (const [name, { class: expected, micros }] of Object.entries(endpoints)) {
    it(`calls ${name} ${expected}`, () => {
      assert.equal(p50(sweep(micros)).class, expected)
    })

    it(`calls ${name} ${expected} under noise of 5 % in 50 of 50 sweeps`, () => {
      const random = randoms(7)
      for (let time = 0; time < 50; time += 1) {
        assert.equal(p50(sweep(micros, { noise: 0.05, random })).class, expected)
      }
    })
  }

  it('finds the coefficients, and what they say of more rows', () => {
    const [growth, tail] = growthOf(
      sweep((rows) => 2000 + 1.9 * rows, { levels: decades.slice(0, 4) }),
      [{ metric: 'p95', limit: 2_000_000, text: 'p95<2s' }],
    )
    assert.ok(growth !== undefined && tail !== undefined)
    assert.ok(Math.abs(growth.intercept - 2000) < 20 && Math.abs(growth.slope - 1.9) < 0.02)
    assert.ok((growth.r2 ?? 0) > 0.9999)
    assert.equal(growth.beyond?.rows, 1_000_000)
    assert.ok(Math.abs((growth.beyond?.value ?? 0) - 1_902_000) < 10_000)
    assert.equal(growth.budget, null, 'the budget says nothing of p50')
    assert.deepEqual(tail.budget, { threshold: 'p95<2s', rows: 750_000 })
    assert.equal(grownTo(growth, 10_000), growth.intercept + growth.slope * 10_000)
  })

  it('names the simpler class where the faster one is not clearly better, and says so', () => {
    const growth = p50(sweep((rows) => 20_000 + 0.1 * rows, { levels: decades.slice(0, 4) }))
    assert.equal(growth.class, 'logarithmic')
    assert.deepEqual(growth.alsoPossible, ['linear', 'quadratic'])
    assert.equal(growth.beyond, null, 'what is not certain is not carried on')
  })

  it('sees no growth in noise: at most 1 of 20 sweeps over a constant', () => {
    const random = randoms(3)
    const sweeps = Array.from({ length: 200 }, () => p50(sweep(() => 2000, { noise: 0.1, random })))
    const wrong = sweeps.filter((growth) => growth.class !== 'constant')
    assert.ok(wrong.length <= 10, `${wrong.length} of 200`)
  })

  it('calls what is near a class by its name, and what lies between two by none', () => {
    const power = (exponent: number) => p50(sweep((rows) => 200 * rows ** exponent)).class
    assert.deepEqual([0.9, 1, 1.1, 2].map(power), ['linear', 'linear', 'linear', 'quadratic'])
    assert.deepEqual([0.6, 1.3, 1.5].map(power), [null, null, null])
    assert.equal(p50(sweep((rows) => rows * Math.log2(rows))).class, 'linear')
  })

  it('is not clear where no class fits', () => {
    const scattered = sweep(() => 2000, { noise: 1.2, random: randoms(11) })
    const between = sweep((rows) => 500 + 40 * Math.sqrt(rows))
    for (const points of [scattered, between]) {
      const growth = p50(points)
      assert.equal(growth.class, null)
      assert.match(growth.unclear ?? '', /^the measurements lie \d+% off the best fit; from first to last/)
      assert.equal(growth.beyond, null)
      assert.equal(grownTo(growth, 1000), null)
    }
  })

  it('is not clear from too few levels, or levels too close together', () => {
    assert.match(p50(sweep(scan, { levels: [100, 10_000] })).unclear ?? '', /2 levels, and it takes 3/)
    assert.match(p50(sweep(scan, { levels: [100] })).unclear ?? '', /1 level, and/)
    assert.match(p50(sweep(scan, { levels: [100, 200, 400] })).unclear ?? '', /too close together/)
    assert.equal(p50([]).class, null)
  })

  it('tells growth that is far beyond noise from three levels', () => {
    const levels = [100, 1000, 10_000]
    assert.equal(p50(sweep((rows) => 1000 + 200 * rows, { levels })).class, 'linear')
    assert.equal(p50(sweep((rows) => 1000 + rows ** 2, { levels })).class, 'quadratic')
    assert.equal(p50(sweep(() => 1000, { levels })).class, 'constant')
  })

  it('trusts a level with few answers less', () => {
    const few = sweep((rows) => 1000 + 10 * rows).map((point) =>
      point.rows === 100 ? { ...point, p50Micros: 8000, p95Micros: 40_000, count: 2 } : point,
    )
    assert.ok(p50(few).intercept < 3000)
    const many = few.map((point) => ({ ...point, count: 2000 }))
    assert.ok(p50(many).intercept > 5000)
  })

  it('leaves out what was not measured, and takes levels in any order', () => {
    const points = sweep((rows) => 2000 + 1.9 * rows)
    const holed = points.map((point) =>
      point.rows === 1000 ? { ...point, p50Micros: null, p95Micros: null } : point,
    )
    assert.equal(p50(holed).points.length, 4)
    assert.deepEqual(growthOf(points.toReversed()), growthOf(points))
  })

  it('gives the tail the class of the median, where it fits', () => {
    const random = randoms(5)
    const points = sweep((rows) => 2000 + 1.9 * rows).map((point) => ({
      ...point,
      p95Micros: (point.p50Micros ?? 0) * 1.6 * Math.exp(0.2 * gaussian(random)),
    }))
    assert.deepEqual(
      growthOf(points).map((growth) => [growth.metric, growth.class]),
      [
        ['p50', 'linear'],
        ['p95', 'linear'],
      ],
    )
  })

  it('counts queries where they were measured', () => {
    const points = sweep((rows) => 2000 + 1.9 * rows)
    const counted = points.map((point) => ({ ...point, queriesPerRequest: 1 + point.rows / 100 }))
    assert.deepEqual(
      growthOf(counted).map((growth) => growth.class),
      ['linear', 'linear', 'linear'],
    )
    const one = points.map((point) => ({ ...point, queriesPerRequest: 1 }))
    assert.equal(growthOf(one)[2]?.class, 'constant')
    assert.equal(growthOf(points).length, 2)
  })
})
