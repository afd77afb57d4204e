import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { projectOf } from './temporary-project.ts'

/** Whether the error that a handler catches is reported as swallowed. */
function isSwallowed(t: TestContext, body: string): boolean {
  const root = projectOf(t, {
    'app.ts': `import express from 'express'
import knex from 'knex'
const db = knex({ client: 'pg' })
const app = express()
app.get('/', async (req, res) => {
${body}
})
`,
  })
  return new Inspection(root).check({}).findings.some(({ rule }) => rule === 'swallowed-error')
}

const guarded = (after: string): string => `  try {
    const user = await db('users').where({ id: req.user }).first()
    await db('bookings').insert({ user: user.id })
    if (user) { res.json(user); return }
  } catch (error) { console.error(error) }
  console.log('no')
  ${after}`

test('a refusal after the try answers the error', (t) => {
  assert.equal(isSwallowed(t, guarded("return res.status(401).json({ message: 'no' })")), false)
  assert.equal(isSwallowed(t, guarded('return res.status(200).json({ ok: true })')), true)
})

test('an errand beside the answer may fail, rows that the answer holds may not', (t) => {
  assert.equal(
    isSwallowed(
      t,
      `  try {
    const members = await db('users').where({ team: req.params.id })
    await billing.update(members.length)
  } catch (error) { console.error(error) }
  res.json({ ok: true })`,
    ),
    false,
  )
  assert.equal(
    isSwallowed(
      t,
      `  let members = []
  try { members = await db('users').where({ team: req.params.id }) } catch (error) { console.error(error) }
  res.json({ members })`,
    ),
    true,
  )
})
