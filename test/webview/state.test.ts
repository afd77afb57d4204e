import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { snapshotOfRun } from '../../src/model/panel.ts'
import { initialSnapshot, reduce } from '../../webview/state.ts'
import { allRecordings } from './recordings.ts'
import { ndjson, replay, runOf } from './replay.ts'
import {
  afterFixRecording,
  breaksRecording,
  failureRecording,
  syntheticRecordings,
} from './synthetic-recording.ts'

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}

describe('the reducer', () => {
  it('changes no state and no message', () => {
    for (const { messages } of allRecordings()) {
      let state = deepFreeze(initialSnapshot)
      for (const message of messages) state = deepFreeze(reduce(state, deepFreeze(message)))
    }
  })

  it('takes a snapshot whole', () => {
    const [first] = afterFixRecording()
    assert.ok(first?.kind === 'snapshot')
    assert.equal(reduce(initialSnapshot, first), first.snapshot)
  })

  it('runs from the first step to the verdict, and keeps every tick and step in order', () => {
    const messages = breaksRecording()
    const state = replay(messages)
    assert.equal(state.status, 'finished')
    assert.equal(state.verdict?.kind, 'breaks')
    assert.deepEqual(
      state.steps,
      messages.flatMap((message) => (message.kind === 'step' ? [message.step] : [])),
    )
    assert.deepEqual(
      state.ticks,
      messages.flatMap((message) => (message.kind === 'tick' ? [message.tick] : [])),
    )
  })

  it('says which load is on and how long it takes', () => {
    const started = breaksRecording().find((message) => message.kind === 'step-started')
    assert.ok(started)
    const state = reduce(initialSnapshot, started)
    assert.equal(state.status, 'running')
    assert.equal(state.activity, '10 users, about 2 min left')
  })

  it('ends with the failure and keeps what was measured', () => {
    const [failure] = failureRecording().filter((message) => message.kind === 'failure')
    assert.ok(failure)
    const state = reduce(replay(breaksRecording().slice(0, 20)), failure)
    assert.equal(state.status, 'failed')
    assert.equal(state.failure?.code, 'HR_NO_SERVER')
    assert.ok(state.steps.length > 0)
  })

  it('keeps the identity of what a message does not touch, so that a tick redraws no table', () => {
    const messages = breaksRecording()
    const at = messages.findLastIndex((message) => message.kind === 'tick')
    const tick = messages[at]
    assert.ok(tick)
    const state = replay(messages.slice(0, at))
    const next = reduce(state, tick)
    assert.equal(next.steps, state.steps)
    assert.equal(next.plan, state.plan)
    assert.notEqual(next.ticks, state.ticks)
  })

  it('ignores a message it does not know', () => {
    assert.equal(reduce(initialSnapshot, JSON.parse('{"kind":"from-the-future"}')), initialSnapshot)
  })

  it('shows a kept run as the live run ended', () => {
    const state = replay(breaksRecording())
    assert.deepEqual(snapshotOfRun(runOf(state, 'one'), null, null), state)
  })
})

describe('the synthetic recordings', () => {
  for (const [name, record] of Object.entries(syntheticRecordings)) {
    it(`${name}.ndjson is what its script writes`, () => {
      const kept = readFileSync(new URL(`../recordings/${name}.ndjson`, import.meta.url), 'utf8')
      assert.equal(kept, ndjson(record()), 'Write it again: node test/webview/synthetic-recording.ts')
    })
  }
})
