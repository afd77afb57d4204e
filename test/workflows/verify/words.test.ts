import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { shapeOf } from '../../../src/load/answer-shape.ts'
import type { Answer } from '../../../src/model/run.ts'
import { concluded } from '../../../src/workflows/verify/verify-fix.ts'
import { contractCheck, unmeasured } from '../../../src/workflows/verify/words.ts'

function answer(document: unknown, status = 200): Answer {
  const rows = Array.isArray(document) ? document.length : null
  return { status, kind: null, redirected: false, rows, shape: shapeOf(JSON.stringify(document)) }
}

const all = [answer(Array.from({ length: 1200 }, (_, id) => ({ id })))]
const page = [answer(Array.from({ length: 20 }, (_, id) => ({ id })))]

describe('contractCheck', () => {
  it('lets a declared change pass by name, such as the fewer rows of pagination', () => {
    assert.deepEqual(contractCheck([all], [page], true), {
      id: 'contract',
      outcome: 'declared',
      message: 'changed, as declared: fewer rows, 1,200 → 20',
    })
    assert.equal(contractCheck([all], [page], false).outcome, 'failed')
  })

  it('lets no declaration excuse requests that fail', () => {
    const broken = contractCheck([page], [[answer({ error: 'x' }, 500)]], true)
    assert.equal(broken.outcome, 'failed')
    assert.match(broken.message, /^changed: status 200 → 500/)
  })

  it('names few of many places', () => {
    const document = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`field${at}`, at]))
    const { message } = contractCheck([[answer(document)]], [[answer({})]], false)
    assert.equal(message, 'changed: without $.field0, $.field1, $.field2, $.field3 and 5 more')
  })

  it('says that it has nothing to compare', () => {
    assert.equal(contractCheck([], [], false).outcome, 'not-measured')
  })
})

describe('concluded', () => {
  const passed = (['contract', 'no-new-errors', 'faster'] as const).map((id) => ({
    id,
    outcome: 'passed' as const,
    message: '',
  }))
  const parses = { id: 'parses' as const, outcome: 'passed' as const, message: '' }

  it('verifies only what was measured, and refutes whatever failed anywhere', () => {
    assert.equal(concluded('GET /x', [parses, ...passed]).verdict, 'verified')
    assert.equal(concluded('GET /x', [parses]).verdict, 'not-measured')
    const [contract, errors] = passed
    assert.ok(contract !== undefined && errors !== undefined)
    const unsure = [parses, contract, errors, unmeasured('faster', 'why.')]
    assert.equal(concluded('GET /x', unsure).verdict, 'not-measured')
    assert.equal(unsure.at(-1)?.message, 'not measured: why')
    assert.equal(concluded('GET /x', [{ ...parses, outcome: 'failed' }, ...passed]).verdict, 'refuted')
  })
})
