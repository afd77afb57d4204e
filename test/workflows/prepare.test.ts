import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Route } from '../../src/model/route.ts'
import type { Schema, Table } from '../../src/model/schema.ts'
import { guessColumn, guessCountedBy } from '../../src/workflows/parameters.ts'
import { parseEndpoint } from '../../src/workflows/endpoint.ts'
import { matchRoute } from '../../src/workflows/prepare.ts'

function route(method: Route['method'], path: string): Route {
  return {
    method,
    path,
    file: 'a.ts',
    line: 1,
    endLine: 2,
    parameters: [],
    handler: null,
    framework: 'express',
    language: 'typescript',
  }
}

function table(name: string, primaryKey: readonly string[] = ['id']): Table {
  return { name, columns: [], primaryKey, foreignKeys: [], uniques: [], rowCount: 0 }
}

describe('parseEndpoint', () => {
  it('reads routes, bare paths and URLs', () => {
    assert.deepEqual(parseEndpoint('get /users/:id'), {
      endpoint: { method: 'GET', path: '/users/:id' },
      origin: null,
    })
    assert.deepEqual(parseEndpoint('/users').endpoint, { method: 'GET', path: '/users' })
    assert.deepEqual(parseEndpoint('http://localhost:3000/users?limit=5'), {
      endpoint: { method: 'GET', path: '/users?limit=5' },
      origin: 'http://localhost:3000',
    })
    const encoded = 'http://localhost:3000/100%25/a%20b?q=100%'
    assert.equal(parseEndpoint(encoded).endpoint.path, '/100%25/a%20b?q=100%')
    assert.equal(parseEndpoint('http://localhost:3000/100%').endpoint.path, '/100%')
    assert.deepEqual(parseEndpoint('POST http://localhost:3000/users').endpoint, {
      method: 'POST',
      path: '/users',
    })
  })

  for (const text of ['', 'users', 'FETCH /users', 'ALL /users', 'ftp://localhost/users', 'GET users']) {
    it(`refuses ${JSON.stringify(text)} with an example of what it takes`, () => {
      assert.throws(() => parseEndpoint(text), /neither a URL nor a route. Write "GET/)
    })
  }
})

describe('matchRoute', () => {
  const routes = [route('GET', '/users/:userId'), route('GET', '/users/me'), route('ALL', '/any')]

  it('prefers the exact path, then the pattern that fits, and reads past a query', () => {
    assert.equal(matchRoute({ method: 'GET', path: '/users/me' }, routes)?.path, '/users/me')
    assert.equal(matchRoute({ method: 'GET', path: '/users/5?x=1' }, routes)?.path, '/users/:userId')
    assert.equal(matchRoute({ method: 'PUT', path: '/any' }, routes)?.path, '/any')
    assert.equal(matchRoute({ method: 'POST', path: '/users/5' }, routes), null)
    assert.equal(matchRoute({ method: 'GET', path: '/users/5/posts' }, routes), null)
  })
})

describe('guessColumn', () => {
  const schema: Schema = {
    dialect: 'sqlite',
    tables: [
      table('users'),
      table('categories'),
      table('blog_posts'),
      table('post_tags', ['post_id', 'tag_id']),
    ],
  }
  const cases: [path: string, name: string, expected: string | null][] = [
    ['/users/:userId/activities', 'userId', 'users.id'],
    ['/users/:id', 'id', 'users.id'],
    ['/categories/:category_id', 'category_id', 'categories.id'],
    ['/api/:blogPostId', 'blogPostId', 'blog_posts.id'],
    ['/tags/:slug', 'slug', null],
    ['/post_tags/:id', 'id', null],
  ]
  for (const [path, name, expected] of cases) {
    it(`${path} :${name} is ${expected ?? 'unknown'}`, () => {
      const guess = guessColumn(path, name, schema)
      assert.equal(guess && `${guess.table}.${guess.column}`, expected)
    })
  }
})

describe('guessCountedBy', () => {
  const reference = { columns: ['user_id'], referencedTable: 'users', referencedColumns: ['id'] }
  const tables = [
    table('users'),
    { ...table('blog_posts'), foreignKeys: [reference] },
    { ...table('activities'), foreignKeys: [reference] },
    table('tags'),
  ]
  const schema: Schema = { dialect: 'sqlite', tables }
  const users = { table: 'users', column: 'id' }

  for (const [path, expected] of [
    ['/users/:userId/activities', 'activities'],
    ['/users/:userId/activities?sort=asc', 'activities'],
    ['/users/:userId/blogPosts', 'blog_posts'],
    ['/users/:userId/blog-posts/:postId', 'blog_posts'],
    ['/users/:userId', undefined],
    ['/users/:userId/tags', undefined],
    ['/activities/:userId', undefined],
  ] as const) {
    it(`takes ${expected ?? 'nothing'} for ${path}`, () => {
      assert.equal(guessCountedBy(path, 'userId', users, schema)?.table, expected)
    })
  }
})
