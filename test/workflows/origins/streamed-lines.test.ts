import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type EventContext,
  ProvenanceTracking,
  type Stream,
} from '../../../src/workflows/origins/tracking.ts'
import { nothingKnown } from '../../provenance/contexts.ts'
import { edit, handler, keys, lines, pieces, streamOf, words } from '../../provenance/streams.ts'

const file = 'src/app.ts'

function known(stream: Stream | null): EventContext {
  return { ...nothingKnown, stream }
}

describe('lines that came in a stream', () => {
  for (const [way, texts] of [
    ['words', words(handler)],
    ['lines', lines(handler)],
  ] as const) {
    it(`are one insertion from its first line on, where they came as ${way} and are judged late`, () => {
      const tracking = new ProvenanceTracking()
      tracking.begin(file, 'import {}\n\n', [])
      const events = pieces(texts, 20, 10, 5_000)
      const stream = streamOf(events)?.stream ?? null
      const taken = events.map((event) => tracking.take(event))
      for (const each of taken) tracking.judge(each, known(stream))
      assert.deepEqual(tracking.linesOf(file, `import {}\n${handler}\n`), [
        {
          file,
          label: 'inserted-block',
          source: 'block inserted at once',
          score: 0.4,
          at: 5_000,
          startLine: 2,
          endLine: 6,
        },
      ])
    })
  }

  it("aren't those that somebody typed below them", () => {
    const tracking = new ProvenanceTracking()
    tracking.begin(file, '', [])
    const events = pieces(words(handler), 20, 0)
    const stream = streamOf(events)?.stream ?? null
    for (const event of events) tracking.judge(tracking.take(event), known(stream))
    const typed = 'const x = 1'
    for (const [index, key] of keys(typed).entries()) {
      tracking.judge(tracking.take(edit(handler.length + index, key, 400 + index)), known(stream))
    }
    const ranges = tracking.linesOf(file, `${handler}${typed}`)
    assert.deepEqual(
      ranges.map(({ startLine, endLine }) => [startLine, endLine]),
      [[1, 5]],
    )
  })
})
