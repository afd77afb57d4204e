import assert from 'node:assert/strict'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Inspection } from '../../src/analysis/inspection.ts'

it('knows which tables each route reads, those of which it reads many rows first', () => {
  const sample = fileURLToPath(new URL('../../samples/activity-api', import.meta.url))
  const { reads = {}, routes } = new Inspection(sample).check({})
  assert.equal(reads['GET /users/:userId/activities']?.[0], 'activities')
  assert.deepEqual(reads['GET /users/:userId/activities'].toSorted(), ['activities', 'posts', 'users'])
  assert.equal(reads['GET /users']?.[0], 'users')
  const keys = new Set(routes.map(({ method, path }) => `${method} ${path}`))
  assert.ok(Object.keys(reads).every((key) => keys.has(key)))
})
