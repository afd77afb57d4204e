import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { kinds, neverAi, replay, type Replayed, wrongOnes } from '../../scripts/bench/provenance.ts'

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

  it('holds no paths of the machine that it was recorded on', () => {
    for (const { place, recorded } of replayed) {
      assert.doesNotMatch(recorded.event.file, /^[/\\]|^[A-Za-z]:|\.\./, place)
      assert.doesNotMatch(JSON.stringify(recorded), /\/(?:home|Users|root|tmp)\/\w/, place)
    }
  })
})
