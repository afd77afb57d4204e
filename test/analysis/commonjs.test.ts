import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { routeKey } from '../../src/model/route.ts'
import { apply, projectOf } from './temporary-project.ts'

const folder = join(import.meta.dirname, '../fixtures/analysis/commonjs')

test('CommonJS: routes are found through require, classes, bind, wrappers and a function that is given the app', () => {
  const { routes, problems } = new Inspection(folder).check({})
  const keys = ['GET /admin/users', 'GET /api/users', 'GET /api/users/:id', 'GET /api/orders']
  assert.deepEqual(routes.map(routeKey), keys)
  assert.deepEqual(problems, [])
})

test('CommonJS: findings stand in controllers and models, across files', () => {
  const { findings } = new Inspection(folder).check({})
  assert.deepEqual(
    findings.map(({ rule, file, line, routes }) => `${rule} ${file}:${line} ${routes.join(', ')}`),
    [
      'n-plus-one controllers/orders.js:7 GET /api/orders',
      'n-plus-one controllers/users.js:6 GET /api/users',
      'unbounded-result-set models/order.js:2 GET /api/orders',
      'unbounded-result-set models/user.js:2 GET /admin/users, GET /api/users',
      'missing-graceful-shutdown server.js:6 ',
    ],
  )
})

test('CommonJS: all fixes apply one after another, exports and requires included', (t) => {
  const root = projectOf(t, {})
  cpSync(folder, root, { recursive: true })
  const inspection = new Inspection(root)
  const changed = new Set<string>()
  for (let round = 0; round < 5; round++) {
    const [finding] = inspection.check({}).findings
    assert.ok(finding?.fixes[0], `a fix in round ${round + 1}`)
    for (const file of apply(root, inspection.fix({ finding, fix: finding.fixes[0].id })).keys())
      changed.add(file)
  }
  const { findings, problems } = inspection.check({})
  assert.deepEqual([...findings, ...problems], [])
  for (const file of changed) execFileSync(process.execPath, ['--check', join(root, file)])
  const text = (file: string): string => readFileSync(join(root, file), 'utf8')
  assert.ok(text('models/order.js').endsWith('module.exports = { ordersOf, itemById, itemsByIds };\n'))
  assert.ok(text('models/user.js').endsWith('module.exports = { all, findById, findByIds };\n'))
  assert.match(text('controllers/orders.js'), /const \{ ordersOf, itemById, itemsByIds \} = require/)
})

test('CommonJS: the names that module-alias puts before folders lead to their files', (t) => {
  const root = projectOf(t, {
    'package.json': '{ "_moduleAliases": { "@": ".", "@models": "app/models" } }',
    'app/models/db.js': "const knex = require('knex')\nmodule.exports = { db: knex({ client: 'pg' }) }\n",
    'app/models/users.js':
      "const { db } = require('@/app/models/db')\nmodule.exports = { all: () => db('users').select() }\n",
    'server.js': `const express = require('express')
const { all } = require('@models/users')
const app = express()
app.get('/users', async (req, res) => res.json(await all()))
`,
  })
  const { findings } = new Inspection(root).check({})
  const found = findings.map(({ rule, file, line }) => `${rule} ${file}:${line}`)
  assert.deepEqual(found, ['unbounded-result-set app/models/users.js:2'])
})
