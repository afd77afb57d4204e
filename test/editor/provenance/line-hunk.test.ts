import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lineHunk } from '../../../src/editor/provenance/line-hunk.ts'

describe('the lines in which two texts differ', () => {
  it('are whole', () => {
    const hunk = lineHunk('one\ntwo\nthree\nfour\n', 'one\ntwice\nthree\nfour\n')
    assert.deepEqual(hunk, { start: 4, removed: 'two\n', text: 'twice\n' })
  })

  it('are none where nothing changed', () => {
    assert.equal(lineHunk('one\n', 'one\n'), null)
  })

  it('make the one text of the other, for any two', () => {
    let seed = 7
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    const lines = ['', 'a', 'b', 'aa', '😀', '}']
    const some = (ends: string): string =>
      Array.from({ length: random(6) }, () => lines[random(lines.length)]).join(ends) +
      (random(2) ? ends : '')
    let changed = 0
    for (let round = 0; round < 5_000; round += 1) {
      const ends = random(2) ? '\n' : '\r\n'
      const [before, after] = [some(ends), some(ends)]
      const hunk = lineHunk(before, after)
      const { start, removed, text } = hunk ?? { start: 0, removed: '', text: '' }
      const end = start + removed.length
      assert.equal(before.slice(start, end), removed)
      assert.equal(before.slice(0, start) + text + before.slice(end), after, JSON.stringify([before, after]))
      for (const edge of [start, end]) {
        assert.ok(edge === 0 || edge === before.length || before[edge - 1] === '\n', 'whole lines')
      }
      if (hunk !== null) changed += 1
    }
    assert.ok(changed > 3_000)
  })
})
