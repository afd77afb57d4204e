import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { foundLines } from './found-lines.ts'

const head = `import { Hono } from 'hono'
import knex from 'knex'
import { Resend } from 'resend'

const db = knex({ client: 'pg' })
const mails = new Resend('key')
const app = new Hono()
`

function unbounded(t: TestContext, code: string): string[] {
  return foundLines(t, 'unbounded-result-set', { 'app.tsx': head + code })
}

const service = `async function announce(text) {
  try {
    const result = await db.transaction(async (tx) => {
      const users = await tx('users').where({ subscribed: true })
      return [{ text, emails: users.map(({ email }) => email) }]
    })
    return result
  } catch {
    return { message: 'failed' }
  }
}
`
const route = (answer: string): string => `app.post('/news', async (c) => {
  const result = await announce(await c.req.text())
  if ('message' in result) return c.json(result)
  ${answer}
})
`

test('rows that only a mail gets, markup included, do not reach the response', (t) => {
  const mail = "const Mail = ({ emails }) => <p>{emails.join(', ')}</p>\n"
  const answer = `const { emails } = result[0]
  await mails.emails.send({ to: emails, react: Mail({ emails }) })
  return c.json({ sent: true })`
  assert.deepEqual(unbounded(t, mail + service + route(answer)), [])
})

test('rows of a transaction that are sent in the other branch reach the response', (t) => {
  assert.deepEqual(unbounded(t, service + route('return c.json(result)')), [
    "const users = await tx('users').where({ subscribed: true })",
  ])
})

test('rows in markup that a handler answers with reach the response', (t) => {
  const page = `const List = ({ users }) => <ul>{users.map((user) => <li>{user.name}</li>)}</ul>
app.get('/users', async (c) => {
  const users = await db('users')
  return c.html(<List users={users} />)
})
`
  assert.deepEqual(unbounded(t, page), ["const users = await db('users')"])
})
