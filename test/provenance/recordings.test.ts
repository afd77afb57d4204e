import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { kinds, neverAi, replay, type Replayed, wrongOnes } from '../../scripts/bench/provenance.ts'
import { isStreamed, nextStream, type OpenStream } from '../../src/provenance/stream.ts'

const folder = fileURLToPath(new URL('../recordings/provenance', import.meta.url))

describe('what was recorded in a real editor', () => {
  let replayed: Replayed[] = []
  before(() => {
    replayed = replay(folder)
  })

  for (const kind of kinds) {
    it(`has at least 200 events of ${kind}`, () => {
      assert.ok(replayed.filter((each) => each.kind === kind).length >= 200)
    })
  }

  it(`is never labelled AI-inserted where it is ${neverAi.join(', ')}`, () => {
    assert.deepEqual(
      wrongOnes(replayed).map(({ place }) => place),
      [],
    )
  })

  for (const kind of kinds.filter((each) => each !== 'chat-edit')) {
    it(`is never a stream where it is ${kind}`, () => {
      let open: OpenStream | null = null
      for (const { place, recorded } of replayed.filter((each) => each.kind === kind)) {
        open = nextStream(open, recorded.event)
        assert.equal(open !== null && isStreamed(open.stream), false, place)
      }
    })
  }

  it('is labelled as a block where an assistant wrote, in one piece or in many', () => {
    const written = replayed.filter(({ kind }) => kind === 'chat-edit')
    const blocks = written.filter(({ judgement }) => judgement.label === 'inserted-block')
    const streamed = blocks.filter(({ judgement }) => judgement.signals.includes('streamed-insertion'))
    assert.ok(blocks.length > 0.7 * written.length, `${blocks.length} of ${written.length}`)
    assert.ok(streamed.length >= 200, `${streamed.length}`)
  })

  it('holds no paths of the machine that it was recorded on', () => {
    for (const { place, recorded } of replayed) {
      assert.doesNotMatch(recorded.event.file, /^[/\\]|^[A-Za-z]:|\.\./, place)
      assert.doesNotMatch(JSON.stringify(recorded), /\/(?:home|Users|root|tmp)\/\w/, place)
    }
  })
})
