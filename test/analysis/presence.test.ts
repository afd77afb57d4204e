import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { projectOf } from './temporary-project.ts'

/** Whether rows are said to be loaded to be counted. */
function countsByLoading(
  t: TestContext,
  columns: string,
  condition: string,
  where = 'WHERE team = $1 AND role = $2',
): boolean {
  const root = projectOf(t, {
    'app.ts': `import express from 'express'
import { Pool } from 'pg'
const pool = new Pool()
const app = express()
app.post('/users', async (req, res) => {
  const { rows } = await pool.query('SELECT ${columns} FROM users ${where}', [req.body.team, req.body.role])
  if (${condition}) return res.status(409).end()
  res.status(201).end()
})
`,
  })
  return new Inspection(root).check({}).findings.some(({ rule }) => rule === 'count-by-loading')
}

test('a look-up of one column that only tells if there is such a row counts nothing', (t) => {
  for (const condition of ['rows.length > 0', 'rows.length', '!rows.length', 'rows.length === 0'])
    assert.equal(countsByLoading(t, 'id', condition), false, condition)
  assert.equal(countsByLoading(t, 'id', 'rows.length > 5'), true)
  assert.equal(countsByLoading(t, '*', 'rows.length > 0'), true)
  assert.equal(countsByLoading(t, 'id', 'rows.length > 0', ''), true)
})
