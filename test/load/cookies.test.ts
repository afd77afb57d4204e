import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CookieJar } from '../../src/load/cookies.ts'

test('a cookie whose date is none is kept, one that has expired is dropped, and the age comes before the date', () => {
  const jar = new CookieJar()
  const past = 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'
  jar.take(['a=1; Expires=soon', `b=2; ${past}`, `c=3; Max-Age=60; ${past}`, 'd=4; Max-Age=0'], '/')
  assert.equal(jar.header('/'), 'a=1; c=3')
})
