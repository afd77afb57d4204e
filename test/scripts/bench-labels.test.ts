import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  answer,
  falsePositiveRate,
  isInspected,
  type Label,
  recall,
  score,
  scores,
} from '../../scripts/bench/labels.ts'
import type { Finding } from '../../src/model/finding.ts'

function label(fields: Partial<Label>): Label {
  return {
    repo: 'someone/something',
    commit: 'c0ffee',
    file: 'a.ts',
    line: 10,
    rule: 'n-plus-one',
    verdict: 'problem',
    why: 'a query for each row',
    lang: 'ts',
    ...fields,
  }
}

function finding(fields: Partial<Finding>): Finding {
  return {
    rule: 'n-plus-one',
    severity: 'info',
    message: 'Potential N+1',
    file: 'a.ts',
    line: 10,
    column: 1,
    endLine: 30,
    endColumn: 1,
    route: null,
    routes: [],
    path: [],
    fixes: [],
    provenance: null,
    ...fields,
  }
}

function isReported(labelled: Partial<Label>, found: Partial<Finding>): boolean | undefined {
  return answer([label(labelled)], [finding(found)])[0]?.isReported
}

describe('labels', () => {
  it('are matched by rule and file, within two lines of where the finding starts', () => {
    assert.equal(isReported({}, {}), true)
    assert.equal(isReported({}, { line: 8 }), true)
    assert.equal(isReported({}, { line: 12 }), true)
    assert.equal(isReported({}, { line: 7 }), false)
    assert.equal(isReported({}, { line: 13 }), false)
    assert.equal(isReported({}, { file: 'b.ts' }), false)
    assert.equal(isReported({}, { rule: 'write-in-loop' }), false)
  })

  it('are matched at another place that names the same defect', () => {
    const alt = ['src/c:d.ts:40']
    assert.equal(isReported({ alt }, { file: 'src/c:d.ts', line: 41 }), true)
    assert.equal(isReported({ alt }, { file: 'src/c:d.ts', line: 43 }), false)
  })

  it('in other languages are not inspected', () => {
    assert.deepEqual(
      ['ts', 'tsx', 'js', 'prisma', 'go', 'py'].map((lang) => isInspected(label({ lang }))),
      [true, true, true, true, false, false],
    )
  })

  it('are counted by rule and together', () => {
    const labels = [
      label({}),
      label({ line: 50 }),
      label({ line: 100, verdict: 'fine' }),
      label({ rule: 'write-in-loop', verdict: 'fine' }),
    ]
    const answers = answer(labels, [finding({}), finding({ line: 101 })])
    assert.deepEqual(scores(answers), [
      { rule: 'n-plus-one', problems: 2, found: 1, fine: 1, reported: 1 },
      { rule: 'write-in-loop', problems: 0, found: 0, fine: 1, reported: 0 },
    ])
    const all = score('all', answers)
    assert.deepEqual([recall(all), falsePositiveRate(all)], [0.5, 0.5])
  })

  it('give no rate where there is nothing to divide by', () => {
    const none = score('all', [])
    assert.deepEqual([recall(none), falsePositiveRate(none)], [null, null])
  })
})
