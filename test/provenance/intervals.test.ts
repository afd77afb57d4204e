import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TextChange } from '../../src/provenance/event.ts'
import { overlay, shift, type Interval } from '../../src/provenance/intervals.ts'

function interval(start: number, end: number, source = 'a'): Interval {
  return { start, end, source, score: 1, at: 1 }
}

describe('shift', () => {
  const cases: [what: string, change: TextChange, after: Interval[]][] = [
    ['text before moves it', { start: 0, removed: '', text: 'xy' }, [interval(12, 22)]],
    ['text at its beginning moves it', { start: 10, removed: '', text: 'x' }, [interval(11, 21)]],
    ['text at its end leaves it', { start: 20, removed: '', text: 'x' }, [interval(10, 20)]],
    [
      'text in its middle splits it',
      { start: 15, removed: '', text: 'x' },
      [interval(10, 15), interval(16, 21)],
    ],
    ['a removal within makes it shorter', { start: 12, removed: 'abc', text: '' }, [interval(10, 17)]],
    ['a removal over its beginning cuts it', { start: 8, removed: 'abcd', text: '' }, [interval(8, 16)]],
    ['a removal over its end cuts it', { start: 18, removed: 'abcd', text: 'z' }, [interval(10, 18)]],
    ['a removal of all ends it', { start: 5, removed: 'x'.repeat(20), text: 'new' }, []],
    [
      'a replacement within punches a hole',
      { start: 12, removed: 'ab', text: 'xyz' },
      [interval(10, 12), interval(15, 21)],
    ],
  ]
  for (const [what, change, after] of cases) {
    it(what, () => assert.deepEqual(shift([interval(10, 20)], [change]), after))
  }

  it('takes the offsets of all changes as they were before the event', () => {
    const changes: TextChange[] = [
      { start: 0, removed: '', text: '12345' },
      { start: 12, removed: 'a', text: '' },
      { start: 15, removed: '', text: 'xx' },
    ]
    assert.deepEqual(shift([interval(10, 20)], changes), [interval(15, 19), interval(21, 26)])
  })
})

describe('overlay', () => {
  it('covers what lies below, and joins neighbours that say the same', () => {
    assert.deepEqual(overlay([interval(0, 10)], [interval(4, 6, 'b')]), [
      interval(0, 4),
      interval(4, 6, 'b'),
      interval(6, 10),
    ])
    assert.deepEqual(overlay([interval(0, 5)], [interval(5, 9)]), [interval(0, 9)])
    assert.deepEqual(overlay([interval(0, 5)], [interval(3, 3, 'b')]), [interval(0, 5)])
  })
})

/** Mulberry32: the same edits in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const sources = ['a', 'b', 'c']

/** The obvious way: who wrote each single character. */
class Oracle {
  characters: (string | null)[] = []

  edit(changes: readonly TextChange[]): void {
    const { characters } = this
    for (const { start, removed, text } of changes.toReversed()) {
      characters.splice(start, removed.length, ...Array.from<null>({ length: text.length }).fill(null))
    }
  }

  mark({ start, end, source }: Interval): void {
    this.characters.fill(source, start, end)
  }

  intervals(): Interval[] {
    const { characters } = this
    const found: Interval[] = []
    for (let start = 0; start < characters.length;) {
      const source = characters[start] ?? null
      let end = start + 1
      while (end < characters.length && characters[end] === source) end += 1
      if (source !== null) found.push(interval(start, end, source))
      start = end
    }
    return found
  }
}

/** One to four changes, ascending and not overlapping, of a text with `length` characters. */
function randomChanges(random: (below: number) => number, length: number): TextChange[] {
  const changes: TextChange[] = []
  let from = 0
  for (let count = 1 + random(4); count > 0 && from <= length; count -= 1) {
    const start = from + random(Math.max(1, Math.ceil((length - from) / count)))
    const removed = Math.min(length - start, random(3) === 0 ? random(12) : 0)
    if (start > length) break
    const grows = length < 300 ? 12 : 3
    changes.push({ start, removed: 'r'.repeat(removed), text: 't'.repeat(random(grows)) })
    from = start + removed
  }
  return changes
}

describe('intervals through 100,000 random edits', () => {
  it('say of every character what an oracle that keeps each of them says', () => {
    const random = randomNumbers(20_261_121)
    const oracle = new Oracle()
    let intervals: readonly Interval[] = []
    let most = 0
    for (let edit = 0; edit < 100_000; edit += 1) {
      const changes = randomChanges(random, oracle.characters.length)
      oracle.edit(changes)
      intervals = shift(intervals, changes)
      if (random(3) === 0 && oracle.characters.length > 0) {
        const start = random(oracle.characters.length)
        const end = Math.min(oracle.characters.length, start + 1 + random(20))
        const added = interval(start, end, sources[random(sources.length)])
        oracle.mark(added)
        intervals = overlay(intervals, [added])
      }
      const expected = oracle.intervals()
      const isSame =
        expected.length === intervals.length &&
        expected.every((one, index) => {
          const other = intervals[index]
          return one.start === other?.start && one.end === other.end && one.source === other.source
        })
      if (!isSame) assert.deepEqual(intervals, expected, `edit ${edit}: ${JSON.stringify(changes)}`)
      most = Math.max(most, intervals.length)
    }
    assert.ok(most > 20, 'there were many intervals at once')
  })
})
