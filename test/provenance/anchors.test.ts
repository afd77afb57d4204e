import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anchorsOf, hashLines, reanchor, type LineRange } from '../../src/provenance/anchors.ts'

const salt = 'a salt of this test'

function handler(name: string): string[] {
  return [
    `app.get('/${name}', async (request, response) => {`,
    `  const ${name} = await db.${name}.findMany()`,
    '',
    `  if (${name}.length === 0) {`,
    '    return response.status(404).end()',
    '  }',
    `  response.json(${name})`,
    '})',
  ]
}

/** The anchors of some lines of a text, found again in another. */
function found(
  before: readonly string[],
  range: LineRange,
  after: readonly string[],
): readonly LineRange[] | null {
  const anchors = anchorsOf(hashLines(before, salt), range)
  assert.ok(anchors !== null)
  return reanchor(anchors, hashLines(after, salt))?.ranges ?? null
}

const users = handler('users')
const orders = handler('orders')
const text = [...users, '', ...orders, '']
const ofOrders = { startLine: 10, endLine: 17 }

describe('hashLines', () => {
  it('keeps no text, knows a line whatever its indentation, and says nothing of brackets', () => {
    const hashed = hashLines(['  return users', 'return users\r', '})', '', 'x = 1'], salt)
    assert.match(hashed[0] ?? '', /^[0-9a-f]{12}$/)
    assert.equal(hashed[0], hashed[1])
    assert.deepEqual(hashed.slice(2), [null, null, null])
  })

  it('hashes differently with every salt', () => {
    assert.notEqual(hashLines(['return users'], 'one')[0], hashLines(['return users'], 'other')[0])
  })
})

describe('reanchor', () => {
  it('finds lines where they were, with the blank lines and brackets among them', () => {
    assert.deepEqual(found(text, ofOrders, text), [ofOrders])
  })

  it('follows them down, up and into another indentation', () => {
    const moved = ["import express from 'express'", '', ...orders.map((line) => `  ${line}`), '', ...users]
    assert.deepEqual(found(text, ofOrders, moved), [{ startLine: 3, endLine: 10 }])
  })

  it('leaves out what was written in between', () => {
    const edited = text.toSpliced(11, 0, '  const started = Date.now()', '  audit.log(started)')
    assert.deepEqual(found(text, ofOrders, edited), [
      { startLine: 10, endLine: 11 },
      { startLine: 15, endLine: 19 },
    ])
  })

  it('stays where they were when somebody copies them', () => {
    assert.deepEqual(found(text, ofOrders, [...text, ...orders]), [ofOrders])
  })

  it('gives up below 60 % of the lines', () => {
    const rewritten = text
      .with(10, '  const all = []')
      .with(12, '  if (all.length < 1) {')
      .with(15, '  send(all)')
    assert.equal(found(text, ofOrders, rewritten), null)
    assert.equal(found(text, ofOrders, users), null)
    assert.equal(found(text, ofOrders, []), null)
  })

  it('looks for one or two lines near their old place only', () => {
    const one = ['const limit = 10']
    const far = [...Array.from({ length: 300 }, (_, index) => `line(${index})`), 'const limit = 10']
    assert.equal(found(one, { startLine: 1, endLine: 1 }, far), null)
    assert.deepEqual(found(one, { startLine: 1, endLine: 1 }, far.slice(200)), [
      { startLine: 101, endLine: 101 },
    ])
  })

  it('has nothing to find of blank lines and brackets', () => {
    assert.equal(anchorsOf(hashLines(['', '})', ''], salt), { startLine: 1, endLine: 3 }), null)
    assert.equal(anchorsOf(hashLines(users, salt), { startLine: 40, endLine: 50 }), null)
  })

  it('takes a bounded time for long texts of the same lines', () => {
    const same = Array.from({ length: 20_000 }, (_, index) => `return value${index % 3}`)
    const anchors = anchorsOf(hashLines(same.slice(0, 2_000), salt), { startLine: 1, endLine: 2_000 })
    assert.ok(anchors !== null)
    const hashed = hashLines(same, salt)
    const started = performance.now()
    assert.ok(reanchor(anchors, hashed) !== null)
    assert.ok(performance.now() - started < 3_000)
  })
})
