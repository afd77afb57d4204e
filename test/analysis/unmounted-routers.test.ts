import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { projectOf } from './temporary-project.ts'

const followers = `import { Router } from 'express'

const router = Router()
router.get('/:id', (req, res) => res.json({}))

export default router
`

function routesOf(t: TestContext, files: Readonly<Record<string, string>>): string[] {
  const { routes } = new Inspection(projectOf(t, files)).check({})
  return routes.map(({ method, path }) => `${method} ${path}`)
}

const index = (use: string): string => `import express from 'express'
import followers from './followers.js'

const app = express()
app.get('/', (req, res) => res.json({}))
${use}
`

test('a router that is imported and mounted no more has no routes', (t) => {
  const routes = routesOf(t, {
    'index.js': index("// app.use('/followers', followers)"),
    'followers.js': followers,
  })
  assert.deepEqual(routes, ['GET /'])
})

test('a router that is mounted, or handed to code that may mount it, has its routes', (t) => {
  const mounted = routesOf(t, {
    'index.js': index("app.use('/followers', followers)"),
    'followers.js': followers,
  })
  assert.deepEqual(mounted.toSorted(), ['GET /', 'GET /followers/:id'])
  const handed = routesOf(t, { 'index.js': index('mountAll({ followers })'), 'followers.js': followers })
  assert.deepEqual(handed.toSorted(), ['GET /', 'GET /:id'])
})

test('a router that nothing imports may be loaded by its file name', (t) => {
  const loader = "import express from 'express'\nconst app = express()\nloadFolder(app, './routes')\n"
  assert.deepEqual(routesOf(t, { 'index.js': loader, 'routes/followers.js': followers }), ['GET /:id'])
})

test('a required router that is mounted no more has no routes', (t) => {
  const common = followers
    .replace("import { Router } from 'express'", "const { Router } = require('express')")
    .replace('export default router', 'module.exports = router')
  const app = `const express = require('express')
const followers = require('./followers')

const app = express()
app.get('/', (req, res) => res.json({}))
`
  assert.deepEqual(routesOf(t, { 'index.js': app, 'followers.js': common }), ['GET /'])
})

test('an application is in use although another file imports it in vain', (t) => {
  const app = `import express from 'express'
import './jobs.js'

export const app = express()
app.get('/', (req, res) => res.json({}))
app.listen(3000)
`
  const jobs = "import { app } from './index.js'\n"
  assert.deepEqual(routesOf(t, { 'index.js': app, 'jobs.js': jobs }), ['GET /'])
  const hidden = app.replace('export const app', 'export const port = 3000\nconst app')
  const other = "import { port } from './index.js'\n"
  assert.deepEqual(routesOf(t, { 'index.js': hidden, 'jobs.js': other }), ['GET /'])
})
