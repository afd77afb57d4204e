import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import type { EditEvent } from '../../../src/provenance/event.ts'
import { isPiece, isStreamed } from '../../../src/provenance/stream.ts'
import { EditStreams, type StreamOf } from '../../../src/workflows/origins/edit-streams.ts'
import { edit, handler, keys, lines, pieces, words } from '../../provenance/streams.ts'

/** Lets everything happen that waits for nothing but its turn. */
async function turn(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await Promise.resolve()
}

describe('pieces of a stream, in the editor', () => {
  let streams: EditStreams<{ event: EditEvent }, string>
  let asked: EditEvent[] = []
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] })
    asked = []
    streams = new EditStreams(({ event }) => Promise.resolve(`asked ${asked.push(event)}`))
  })
  afterEach(() => {
    streams.dispose()
    mock.timers.reset()
  })

  /** Takes edits up as they come, and gives what is known of each; null of those that still wait. */
  async function take(events: readonly EditEvent[]): Promise<(StreamOf<string> | null)[]> {
    const answers: (StreamOf<string> | null)[] = events.map(() => null)
    for (const [index, event] of events.entries()) {
      void streams.of(event.file, { event }).then((part) => (answers[index] = part))
      await turn()
    }
    return answers
  }

  it('wait until it pauses, and are asked about once', async () => {
    const events = pieces(words(handler), 20)
    const answers = await take(events)
    assert.deepEqual(asked, [])
    mock.timers.tick(1_000)
    await turn()
    assert.deepEqual(asked, [events.findLast(({ changes }) => changes.some(isPiece))])
    const waited = answers.filter((each) => each?.around === 'asked 1')
    assert.ok(waited.length > 12, `${waited.length}`)
    const [first] = waited
    assert.ok(first?.stream && isStreamed(first.stream))
    for (const each of waited) assert.deepEqual(each, first)
  })

  it('are asked about some times while 500 words come, not for each', async () => {
    const texts = words(handler.repeat(30)).slice(0, 500)
    const answers = await take(pieces(texts, 20))
    assert.ok(answers.some((each) => each?.around === 'asked 1'))
    mock.timers.tick(1_000)
    await turn()
    assert.ok(asked.length >= 3 && asked.length <= 5, `${asked.length}`)
    assert.equal(answers.includes(null), false)
  })

  it('ask nothing while somebody types, and have their answer at once', async () => {
    const answers = await take(pieces(keys(handler), 5))
    assert.equal(answers.includes(null), false)
    mock.timers.tick(1_000)
    await turn()
    assert.deepEqual(asked, [])
  })

  it('ask nothing of what turns out to be no stream', async () => {
    const answers = await take(pieces(['order', 'findMany', 'find'], 300))
    assert.equal(answers.filter((each) => each === null).length, 3)
    mock.timers.tick(1_000)
    await turn()
    assert.deepEqual(
      answers.map((each) => each?.around),
      [null, null, null],
    )
    assert.deepEqual(asked, [])
  })

  it('have their answer as soon as something else happens in the file', async () => {
    const events = pieces(words(handler), 5)
    const answers = await take([...events, edit(0, 'x', 400, { reason: 'undo' })])
    assert.equal(asked.length, 1)
    assert.deepEqual(answers.at(-1), { stream: null, around: null })
    assert.equal(answers.includes(null), false)
  })

  it('count as they were before somebody went on typing where they ended', async () => {
    const block = pieces(lines(handler), 1)
    const end = (block.at(-1)?.changes[0]?.start ?? 0) + 3
    const typed = pieces(keys('const more = 1; '.repeat(8)), 100, end, 10)
    const answers = await take([...block, ...typed])
    assert.equal(asked.length, 1)
    assert.ok(block.every((_, index) => answers[index]?.around === 'asked 1'))
    assert.ok(typed.every((_, index) => answers[block.length + index]?.around === null))
  })

  it('of two files at once are two streams', async () => {
    const both = pieces(words(handler), 5).flatMap((event) => [event, { ...event, file: 'src/other.ts' }])
    await take(both)
    mock.timers.tick(1_000)
    await turn()
    assert.deepEqual(
      asked.map(({ file }) => file),
      ['src/app.ts', 'src/other.ts'],
    )
  })

  it("don't make blocks wait that are long enough by themselves", async () => {
    const answers = await take([edit(0, handler, 0)])
    assert.deepEqual(
      answers.map((each) => [each?.around, each?.stream?.changes]),
      [[null, 1]],
    )
  })

  it('begin anew after what ended a stream', async () => {
    const all = pieces(words(handler), 5)
    const [half, rest] = [all.slice(0, 5), all.slice(5, 10)]
    await take(half)
    streams.end('src/app.ts')
    const answers = await take(rest)
    mock.timers.tick(1_000)
    await turn()
    assert.equal(answers[0]?.stream?.firstAt, rest[0]?.at)
  })

  it('have an answer when the window goes', async () => {
    const answers = await take(pieces(words(handler), 5))
    streams.dispose()
    await turn()
    assert.equal(answers.includes(null), false)
    assert.deepEqual(asked, [])
  })
})
