import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foundLines } from './found-lines.ts'

const head = `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()
`
const signals = `['SIGINT', 'SIGTERM'].forEach(async (signal) => {
  process.on(signal, async () => {
    await db.destroy()
  })
})
`
const mails = `app.post('/mails', async (req, res) => {
  req.body.users.forEach(async (user) => {
    await db('mails').insert({ user })
  })
  res.end()
})
`

test('`forEach` loses no work of a callback that waits for nothing', (t) => {
  assert.deepEqual(foundLines(t, 'async-foreach', { 'app.ts': head + signals }), [])
  assert.deepEqual(foundLines(t, 'async-foreach', { 'app.ts': head + mails }), [
    'req.body.users.forEach(async (user) => {',
  ])
})

const handler = (service: string): Readonly<Record<string, string>> => ({
  'app.ts': `${head}
${service}
app.post('/password', async (req, res) => {
  await db('users').where({ id: req.body.id }).update({ password: req.body.password })
  res.json(await notify(req.body.id))
})
`,
})

test('a mail that could not be sent is no lost error where that is logged', (t) => {
  const files = handler(`async function notify(id) {
  try {
    const user = await db('users').where({ id }).first()
    await transport.send(user.email)
  } catch (error) {
    console.error(error)
  }
}`)
  assert.deepEqual(foundLines(t, 'swallowed-error', files), [])
})

test('rows that could not be read are a lost error where the caller gets none', (t) => {
  const files = handler(`async function notify(id) {
  try {
    return await db('users').where({ id }).first()
  } catch (error) {
    console.error(error)
    return null
  }
}`)
  assert.deepEqual(foundLines(t, 'swallowed-error', files), ['} catch (error) {'])
})
