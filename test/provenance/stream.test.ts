import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { classify } from '../../src/provenance/classify.ts'
import type { EditEvent, EventContext, Stream } from '../../src/provenance/event.ts'
import { isStreamed, nextStream, type OpenStream } from '../../src/provenance/stream.ts'
import { nothingKnown } from './contexts.ts'
import { edit, handler, keys, lines, pieces, streamOf, words } from './streams.ts'

function isBlock(events: readonly EditEvent[]): boolean {
  const open = streamOf(events)
  return open !== null && isStreamed(open.stream)
}

function context(stream: Stream | null, more: Partial<EventContext> = {}): EventContext {
  return { ...nothingKnown, stream, ...more }
}

describe('a block that arrives in a stream', () => {
  const ways: [way: string, texts: string[]][] = [
    ['line by line', lines(handler)],
    ['line by line, each begun by a line end', handler.split('\n').map((line) => `\n${line}`)],
    ['word by word', words(handler)],
    ['word by word, the space before each', handler.match(/\s*\S+/g) ?? []],
    ['words and spaces apart', handler.match(/\S+|\s+/g) ?? []],
    ['with other line ends', words(handler.replaceAll('\n', '\r\n'))],
  ]
  for (const [way, texts] of ways) {
    it(`is known ${way}, at 30 words a second and at once`, () => {
      assert.equal(isBlock(pieces(texts, 33)), true)
      assert.equal(isBlock(pieces(texts, 0)), true)
    })
  }

  it('is counted without spaces, by the lines that say something', () => {
    const open = streamOf(pieces(['const', ' one = 1\n', '\n', '  two()\n', 'three'], 10))
    assert.deepEqual(open?.stream, {
      changes: 4,
      lines: 3,
      characters: 20,
      largest: 5,
      firstAt: 0,
      lastAt: 40,
    })
  })

  it("isn't one below three lines, 80 characters, or 50 characters a second", () => {
    const [first = '', second = '', third = ''] = lines(handler)
    assert.equal(isBlock(pieces(words(first + second + third), 20)), true)
    assert.equal(isBlock(pieces(words(first + second), 20)), false)
    assert.equal(isBlock(pieces(words('one = 1\ntwo = 2\nthree = 3\n'), 20)), false)
    assert.equal(isBlock(pieces(words(handler), 400)), false)
  })

  it('goes on where the editor indented, or took indentation away', () => {
    const [first = '', ...others] = words(handler)
    const begun = pieces([first], 10)
    const end = 100 + first.length
    const indented = edit(end, '\n        ', 10)
    const within = pieces(others, 10, end + 1, 20)
    assert.equal(isBlock([...begun, indented, ...within]), true)
    const trimmed = edit(end, 'async ', 20, { changes: [{ start: end, removed: '\n    ', text: 'async ' }] })
    assert.equal(isBlock([...begun, indented, trimmed, ...pieces(others, 10, end + 6, 30)]), true)
  })

  const ends: [what: string, event: (end: number) => EditEvent][] = [
    ['an undo', (end) => edit(end, 'x', 200, { reason: 'undo' })],
    ['a redo', (end) => edit(end, 'x', 200, { reason: 'redo' })],
    ['a change on disk', (end) => edit(end, 'x', 200, { kind: 'disk' })],
    ['a change of another file', (end) => edit(end, 'x', 200, { file: 'src/other.ts' })],
    ['a change elsewhere', () => edit(50, 'x', 200)],
    [
      'text that is taken away',
      (end) => edit(end, '', 200, { changes: [{ start: end, removed: 'x', text: '' }] }),
    ],
    [
      'two changes at once',
      (end) =>
        edit(end, '', 200, {
          changes: [
            { start: 0, removed: '', text: 'x' },
            { start: end, removed: '', text: 'x' },
          ],
        }),
    ],
    ['a pause of a second', (end) => edit(end, 'x', 1_200)],
  ]
  for (const [what, event] of ends) {
    it(`is ended by ${what}`, () => {
      const before = pieces(words(handler), 5)
      const open = streamOf(before)
      const next = nextStream(open, event(open?.to ?? 0))
      assert.equal(open !== null && isStreamed(open.stream), true)
      assert.ok(next === null || next.stream.changes === 1, JSON.stringify(next))
    })
  }

  it("isn't one of pieces that another file's come between", () => {
    const all = pieces(words(handler), 5).flatMap((event) => [event, { ...event, file: 'src/other.ts' }])
    assert.equal(isBlock(all), false)
    assert.equal(isBlock(all.filter(({ file }) => file === 'src/other.ts')), true)
  })
})

describe('what people do', () => {
  it('is never a stream where each key brings a character, however fast', () => {
    for (const eachMillis of [0, 0.1, 1, 10, 100]) {
      assert.equal(isBlock(pieces(keys(handler.repeat(5)), eachMillis)), false, `${eachMillis} ms`)
    }
  })

  it('is never a stream where brackets close themselves and lines indent themselves, at any speed', () => {
    let seed = 11
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    const brought = ['a', 'B', '7', ' ', ';', '()', '{}', "''", '\n', '\n    ', '\n    \n  ', '"', '// ']
    let longest = 0
    for (let round = 0; round < 400; round += 1) {
      let [open, at, offset]: [OpenStream | null, number, number] = [null, 0, 10]
      for (let key = 0; key < 300; key += 1) {
        const text = brought[random(brought.length)] ?? ''
        open = nextStream(open, edit(offset, text, at))
        if (open === null) continue
        assert.equal(isStreamed(open.stream), false, JSON.stringify(open))
        longest = Math.max(longest, open.stream.characters)
        offset += random(200) === 0 ? 1 : text.length
        at += random(3)
      }
    }
    assert.ok(longest > 200, 'the streams were long enough to count')
  })

  it('is no stream where a key is held that doubles a line, or pastes one', () => {
    const line = '  const orders = await db.order.findMany()\n'
    assert.equal(
      isBlock(
        pieces(
          Array.from({ length: 40 }, () => line),
          33,
        ),
      ),
      false,
    )
    assert.equal(
      isBlock(
        pieces(
          Array.from({ length: 40 }, () => line.repeat(3)),
          33,
        ),
      ),
      false,
    )
  })

  it('is no stream where a block is pasted while somebody types and takes suggestions', () => {
    const texts = [
      ...keys('db.'),
      'order',
      '.',
      'findMany',
      '()',
      '\n',
      handler,
      ...keys('db.'),
      'user',
      '.',
      'find',
      '()',
    ]
    assert.equal(isBlock(pieces(texts, 80)), false)
  })
})

describe('classify, of a stream', () => {
  const all = pieces(words(handler), 20)
  const whole = streamOf(all)?.stream ?? null

  it('says inserted block of each of its pieces, also of the first', () => {
    const [first] = all
    assert.ok(first)
    const judged = classify(first, context(whole))
    assert.deepEqual(judged, {
      score: 0.4,
      label: 'inserted-block',
      source: 'block inserted at once',
      signals: ['streamed-insertion'],
      veto: null,
      ranges: [{ start: 100, end: 100 + "app.get('/orders',".length }],
    })
  })

  it('never says AI-inserted, not even of a piece that is a block by itself', () => {
    const judged = classify(edit(0, handler, 0), context(whole))
    assert.deepEqual(judged.signals, ['insertion-shape', 'streamed-insertion'])
    assert.deepEqual([judged.score, judged.label], [0.64, 'inserted-block'])
  })

  it('says nothing of what a key brings in its midst, nor of a stream that is too small', () => {
    assert.equal(classify(edit(0, 'x', 0), context(whole)).label, null)
    const small = streamOf(all.slice(0, 4))?.stream ?? null
    assert.equal(classify(edit(0, 'const', 0), context(small)).label, null)
    assert.equal(classify(edit(0, 'const', 0), context(null)).label, null)
  })

  for (const [veto, known] of [
    ['clipboard', { equalsClipboard: true }],
    ['git-operation', { gitMovedWithinMillis: 100 }],
    ['equals-head', { equalsHead: true }],
  ] as const) {
    it(`heeds the veto ${veto}`, () => {
      const judged = classify(edit(0, 'const', 0), context(whole, known))
      assert.deepEqual([judged.veto, judged.label], [veto, null])
    })
  }
})
