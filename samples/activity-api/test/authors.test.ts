import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startApp, type TestApp } from './start-app.ts'

let app: TestApp

before(async () => {
  app = await startApp()
})

after(() => app.stop())

test('GET /authors lists the authors with their post counts', async () => {
  const { status, body } = await app.get('/authors')
  assert.equal(status, 200)
  assert.deepEqual(
    body.map((author: any) => [author.name, author.postCount]),
    [
      ['Grace Miller', 2],
      ['Henry Clark', 2],
      ['Isabel Moore', 2],
    ],
  )
})

test('GET /authors returns the page that was asked for', async () => {
  const { status, body } = await app.get('/authors?limit=1&offset=1')
  assert.equal(status, 200)
  assert.deepEqual(
    body.map((author: any) => author.name),
    ['Henry Clark'],
  )
})

test('GET /authors rejects a page that makes no sense', async () => {
  for (const query of ['limit=0', 'limit=101', 'limit=abc', 'offset=-1']) {
    assert.equal((await app.get(`/authors?${query}`)).status, 400, query)
  }
})

test('GET /authors/:authorId/posts returns the posts of the author', async () => {
  const { status, body } = await app.get('/authors/1/posts')
  assert.equal(status, 200)
  assert.deepEqual(body.map((post: any) => post.title).sort(), [
    'Designing a REST API',
    'Getting started with SQL',
  ])
})

test('an author ID that is not a positive whole number is a 400', async () => {
  assert.equal((await app.get('/authors/abc/posts')).status, 400)
})

test('an author that does not exist is a 404', async () => {
  assert.equal((await app.get('/authors/9999/posts')).status, 404)
})
