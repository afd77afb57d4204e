import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startApp, type TestApp } from './start-app.ts'

let app: TestApp

before(async () => {
  app = await startApp()
})

after(() => app.stop())

test('GET /posts lists the posts with their authors', async () => {
  const { status, body } = await app.get('/posts')
  assert.equal(status, 200)
  const authors = body.map((post: any) => [post.title, post.author.name])
  assert.deepEqual(authors.sort(), [
    ['Designing a REST API', 'Grace Miller'],
    ['Getting started with SQL', 'Grace Miller'],
    ['Ten tips for TypeScript', 'Isabel Moore'],
    ['Understanding indexes', 'Henry Clark'],
    ['What happens in an event loop', 'Henry Clark'],
    ['Writing tests that help', 'Isabel Moore'],
  ])
})

test('GET /posts/:id returns the post with its tags', async () => {
  const { status, body } = await app.get('/posts/2')
  assert.equal(status, 200)
  assert.equal(body.title, 'Understanding indexes')
  assert.deepEqual(body.tags.map((tag: any) => tag.name).sort(), ['performance', 'typescript'])
})

test('a post ID that is not a positive whole number is a 400', async () => {
  for (const id of ['abc', '0', '2.5']) {
    assert.equal((await app.get(`/posts/${id}`)).status, 400, id)
  }
})

test('a post that does not exist is a 404', async () => {
  assert.equal((await app.get('/posts/9999')).status, 404)
})

test('GET /tags lists the tags by name', async () => {
  const { status, body } = await app.get('/tags')
  assert.equal(status, 200)
  assert.deepEqual(body.map((tag: any) => tag.name).sort(), ['databases', 'performance', 'typescript', 'web'])
})
