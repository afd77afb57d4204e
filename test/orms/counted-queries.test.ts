import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { queriesThrough } from '../evidence/counting.ts'

describe('queries that a server counts in itself', { timeout: 60_000 }, () => {
  it('are counted through better-sqlite3', async () => {
    const installed = new URL('./node_modules/better-sqlite3/lib/index.js', import.meta.url)
    assert.equal(await queriesThrough('better-sqlite3', installed.href), 3)
  })
})
