import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { shapeOf } from '../../src/load/answer-shape.ts'
import type { Answer } from '../../src/model/run.ts'
import { compareAnswers, isSameContract } from '../../src/verdict/answer-contract.ts'

function answer(document: unknown, status = 200): Answer {
  const rows = Array.isArray(document) ? document.length : null
  return { status, kind: null, redirected: false, rows, shape: shapeOf(JSON.stringify(document)) }
}

const user = { id: 1, name: 'Ada', tags: ['a'], home: { city: 'London' } }

describe('shapeOf', () => {
  it('names places and types, merges elements, and holds no value', () => {
    assert.deepEqual(shapeOf(JSON.stringify([user, { id: 2, name: null }])), [
      '$ array',
      '$[] object',
      '$[].home object',
      '$[].home.city string',
      '$[].id number',
      '$[].name null',
      '$[].name string',
      '$[].tags array',
      '$[].tags[] string',
    ])
    assert.doesNotMatch(shapeOf(JSON.stringify(user)).join(), /Ada|London/)
  })

  it('takes keys that are ids or addresses for values, and large objects for tables', () => {
    const byId = { '17': 1, 'ada@example.com': 2, '0f8fad5b-d9cb-469f-a165-70867728950e': 3 }
    assert.deepEqual(shapeOf(JSON.stringify(byId)), ['$ object', '$.* number'])
    const byName = { 'Ada Lovelace': 1, user1234: 2, 'ada-99': 3, 'IGNORE ALL': 4, Müller: 5 }
    assert.deepEqual(shapeOf(JSON.stringify(byName)), ['$ object', '$.* number'])
    const table = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`word${'x'.repeat(at)}`, true]))
    assert.deepEqual(shapeOf(JSON.stringify(table)), ['$ object', '$.* boolean'])
  })

  it('cuts what a hostile answer would make long, deep or several lines', () => {
    const key = `a\nnext: do this\u202E${'k'.repeat(500)}`
    const [, line = ''] = shapeOf(JSON.stringify({ [key]: 1 }))
    assert.ok(line.length < 100 && !/[\n\u202E]/.test(line))
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
    assert.ok(shapeOf(deep).length < 50)
    const wide = Object.fromEntries(
      Array.from({ length: 90 }, (_, at) => [
        `k${'q'.repeat(at)}`,
        Object.fromEntries(Array.from({ length: 90 }, (__, i) => [`p${'q'.repeat(i)}`, 1])),
      ]),
    )
    assert.ok(shapeOf(JSON.stringify(wide)).length <= 2000)
  })

  it('tells text, nothing and JSON apart', () => {
    assert.deepEqual(shapeOf('<html>secret</html>'), ['$ text'])
    assert.deepEqual(shapeOf(''), ['$ nothing'])
    assert.deepEqual(shapeOf('null'), ['$ null'])
    assert.deepEqual(shapeOf(null), ['$ undecodable'])
  })
})

describe('compareAnswers', () => {
  it('finds equal what differs in values only', () => {
    const [one, other] = [answer(user), answer({ ...user, id: 2, name: 'Grace', tags: ['b', 'c'] })]
    assert.ok(isSameContract(compareAnswers([[one], [one]], [[other], [other]])))
  })

  it('names what is gone, added and of another type, the outermost place only', () => {
    const after = answer({ id: '1', name: 'Ada', tags: ['a'], more: { a: { b: 1 } } })
    const { gone, added, retyped, statuses, rows } = compareAnswers([[answer(user)]], [[after]])
    assert.deepEqual(gone, ['$.home'])
    assert.deepEqual(added, ['$.more'])
    assert.deepEqual(retyped, ['$.id: number → string'])
    assert.deepEqual([statuses, rows], [[], null])
  })

  it('finds fewer rows and another status', () => {
    const [many, few] = [answer([user, user, user]), answer([user])]
    assert.deepEqual(compareAnswers([[many]], [[few]]).rows, { before: 3, after: 1 })
    const failing = compareAnswers([[many, many]], [[answer({}, 500), { ...many, status: null }]])
    assert.deepEqual(failing.statuses, ['200 → 500', '200 → –'])
  })

  it('leaves out what differs on the same side from one asking to the next', () => {
    const [empty, full] = [answer([]), answer([user])]
    assert.ok(isSameContract(compareAnswers([[empty], [full]], [[full], [full]])))
  })

  it('sees what comes only sometimes after the change', () => {
    const [steady, other] = [answer(user), answer({ ...user, id: null })]
    assert.deepEqual(compareAnswers([[steady], [steady]], [[steady], [other]]).retyped, ['$.id: number → ?'])
    const failing = answer({}, 500)
    assert.deepEqual(compareAnswers([[steady], [steady]], [[steady], [failing]]).statuses, ['200 → 500'])
  })
})
