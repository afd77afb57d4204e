import assert from 'node:assert/strict'
import type { Server } from 'node:http'
import { after, before, test } from 'node:test'
import { close, listen, portOf, startApp, type TestApp } from './start-app.ts'

let app: TestApp
let recommendations: Server | undefined

before(async () => {
  recommendations = await listen((req, res) => {
    const url = new URL(req.url ?? '/', 'http://127.0.0.1')
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify([{ postId: 2, score: Number(url.searchParams.get('userId')) / 10 }]))
  })
  process.env.RECOMMENDATIONS_PORT = String(portOf(recommendations))
  app = await startApp()
})

after(async () => {
  if (recommendations?.listening) {
    await close(recommendations)
  }
  await app.stop()
})

test('GET /health answers', async () => {
  assert.deepEqual(await app.get('/health'), { status: 200, body: { status: 'ok' } })
})

test('an unknown path is a 404', async () => {
  assert.equal((await app.get('/nothing-here')).status, 404)
})

test('GET /users lists the users with their activity counts', async () => {
  const { status, body } = await app.get('/users')
  assert.equal(status, 200)
  const counts = body.map((user: any) => [user.email, user.activityCount])
  assert.deepEqual(counts.sort(), [
    ['alice@example.com', 4],
    ['bob@example.com', 4],
    ['carol@example.com', 4],
    ['david@example.com', 4],
    ['emma@example.com', 4],
  ])
})

test('GET /users/:userId returns the user', async () => {
  const { status, body } = await app.get('/users/1')
  assert.equal(status, 200)
  assert.equal(body.id, 1)
  assert.equal(body.email, 'alice@example.com')
})

test('a user ID that is not a positive whole number is a 400', async () => {
  for (const userId of ['abc', '0', '-1', '1.5']) {
    for (const path of ['', '/activities', '/recommendations']) {
      assert.equal((await app.get(`/users/${userId}${path}`)).status, 400, `/users/${userId}${path}`)
    }
  }
})

test('a user that does not exist is a 404', async () => {
  for (const path of ['', '/activities', '/recommendations']) {
    assert.equal((await app.get(`/users/9999${path}`)).status, 404, `/users/9999${path}`)
  }
})

test('POST /users creates a user', async () => {
  const created = await app.post('/users', {
    name: 'Frank Hall',
    email: 'frank@example.com',
    password: 'correct horse',
  })
  assert.equal(created.status, 201)
  assert.equal(created.body.name, 'Frank Hall')

  const read = await app.get(`/users/${created.body.id}`)
  assert.equal(read.status, 200)
  assert.equal(read.body.email, 'frank@example.com')
})

test('POST /users rejects invalid data and an email that is in use', async () => {
  const user = { name: 'Alice', email: 'alice@example.com', password: 'long enough' }
  assert.equal((await app.post('/users', { ...user, email: 'not an email' })).status, 400)
  assert.equal((await app.post('/users', { ...user, password: 'short' })).status, 400)
  assert.equal((await app.post('/users', {})).status, 400)
  assert.equal((await app.post('/users', user)).status, 409)
})

test('GET /users/:userId/activities returns each activity with its post', async () => {
  const { status, body } = await app.get('/users/2/activities')
  assert.equal(status, 200)
  assert.equal(body.length, 4)
  for (const activity of body) {
    assert.equal(activity.user_id, 2)
    assert.equal(activity.post.id, activity.post_id)
  }
  const titles = body.map((activity: any) => [activity.type, activity.post.title])
  assert.deepEqual(titles.sort(), [
    ['commented', 'Designing a REST API'],
    ['liked', 'Ten tips for TypeScript'],
    ['shared', 'What happens in an event loop'],
    ['viewed', 'Understanding indexes'],
  ])
})

test('GET /users/:userId/activities is empty for a new user', async () => {
  const { body: user } = await app.post('/users', {
    name: 'Gina Young',
    email: 'gina@example.com',
    password: 'long enough',
  })
  assert.deepEqual(await app.get(`/users/${user.id}/activities`), { status: 200, body: [] })
})

test('POST /users/:userId/activities records an activity', async () => {
  const created = await app.post('/users/3/activities', { postId: 1, type: 'shared' })
  assert.equal(created.status, 201)
  assert.equal(created.body.user_id, 3)
  assert.equal(created.body.post_id, 1)

  const { body: activities } = await app.get('/users/3/activities')
  const recorded = activities.find((activity: any) => activity.id === created.body.id)
  assert.equal(recorded.type, 'shared')
  assert.equal(recorded.post.title, 'Getting started with SQL')
})

test('POST /users/:userId/activities rejects invalid data and rows that do not exist', async () => {
  const activity = { postId: 1, type: 'viewed' }
  assert.equal((await app.post('/users/abc/activities', activity)).status, 400)
  assert.equal((await app.post('/users/1/activities', { ...activity, type: 'danced' })).status, 400)
  assert.equal((await app.post('/users/1/activities', { type: 'viewed' })).status, 400)
  assert.equal((await app.post('/users/9999/activities', activity)).status, 404)
  assert.equal((await app.post('/users/1/activities', { ...activity, postId: 9999 })).status, 404)
})

test('GET /users/:userId/recommendations asks the recommendations service, and is empty without it', async () => {
  assert.deepEqual(await app.get('/users/4/recommendations'), {
    status: 200,
    body: [{ postId: 2, score: 0.4 }],
  })

  assert.ok(recommendations)
  await close(recommendations)
  assert.deepEqual(await app.get('/users/4/recommendations'), { status: 200, body: [] })
})
