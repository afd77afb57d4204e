import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RouteArrivals } from '../../../src/editor/provenance/route-arrivals.ts'
import type { Route } from '../../../src/model/route.ts'

function route(path: string, line: number, more: Partial<Route> = {}): Route {
  return {
    method: 'GET',
    path,
    file: 'src/app.ts',
    line,
    endLine: line + 3,
    parameters: [],
    handler: null,
    framework: 'express',
    language: 'typescript',
    ...more,
  }
}

/** The keys that are new after lists of routes that came one after the other, each judged at once. */
function arrivedAfter(...lists: readonly (readonly Route[])[]): string[] {
  const arrivals = new RouteArrivals()
  for (const routes of lists) {
    arrivals.take(routes)
    arrivals.settle(true)
  }
  return arrivals.arrived
}

const users = route('/users', 10)

describe('routes that appear', () => {
  it('has nothing new in the first list', () => {
    assert.deepEqual(arrivedAfter([users, route('/orders', 20)]), [])
  })

  it('is new from the second list on, also where the first was empty', () => {
    assert.deepEqual(arrivedAfter([users], [users, route('/orders', 20)]), ['GET /orders'])
    assert.deepEqual(arrivedAfter([], [users]), ['GET /users'])
  })

  it('stays new while it moves, grows and is missing for a while', () => {
    const grown = route('/orders', 25, { endLine: 60 })
    assert.deepEqual(arrivedAfter([users], [users, route('/orders', 20)], [users], [users, grown]), [
      'GET /orders',
    ])
  })

  it('isn’t new because its file didn’t parse for a while', () => {
    assert.deepEqual(arrivedAfter([users], [], [users]), [])
  })

  it('isn’t new because its path is edited, letter by letter', () => {
    assert.deepEqual(
      arrivedAfter([users], [route('/user', 10)], [route('/use', 10)], [route('/people', 10)]),
      [],
    )
  })

  it('stays new while its path is typed', () => {
    const typed = ['/', '/o', '/or', '/orders'].map((path) => [users, route(path, 20)])
    assert.deepEqual(arrivedAfter([users], ...typed), ['GET /orders'])
  })

  it('isn’t new because its prefix or its method changed', () => {
    assert.deepEqual(arrivedAfter([users, route('/a', 20)], [route('/v2/users', 10), route('/v2/a', 20)]), [])
    assert.deepEqual(arrivedAfter([users], [route('/users', 10, { method: 'POST' })]), [])
  })

  it('isn’t new because its file was renamed, also where that gives it another path', () => {
    assert.deepEqual(arrivedAfter([users], [route('/users', 10, { file: 'src/people.ts' })]), [])
    const before = route('/users', 1, { file: 'app/users/route.ts' })
    assert.deepEqual(arrivedAfter([before], [route('/people', 1, { file: 'app/people/route.ts' })]), [])
  })

  it('is new where another one of another size stood', () => {
    assert.deepEqual(arrivedAfter([users], [], [route('/orders', 10, { endLine: 40 })]), ['GET /orders'])
  })

  it('is new no more once it was seen, and doesn’t become new again', () => {
    const arrivals = new RouteArrivals()
    arrivals.take([])
    arrivals.take([users])
    arrivals.settle(true)
    assert.equal(arrivals.see('GET /users'), true)
    assert.equal(arrivals.see('GET /users'), false)
    arrivals.take([])
    arrivals.take([users])
    arrivals.settle(true)
    assert.deepEqual(arrivals.arrived, [])
  })

  it('waits for a decision, and takes up what git brought without a word', () => {
    const arrivals = new RouteArrivals()
    arrivals.take([])
    arrivals.take([users])
    assert.deepEqual([arrivals.isPending, arrivals.arrived], [true, []])
    arrivals.settle(false)
    assert.deepEqual([arrivals.isPending, arrivals.arrived], [false, []])
    arrivals.take([users, route('/orders', 20)])
    arrivals.settle(true)
    assert.deepEqual(arrivals.arrived, ['GET /orders'])
  })
})
