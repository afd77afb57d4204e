import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openInspection, type Inspection } from '../../../src/workflows/inspect.ts'
import { parseEndpoint } from '../../../src/workflows/endpoint.ts'
import type { ChangedFile } from '../../../src/workflows/verify/before-tree.ts'
import { assertReaches, findElsewhere, type ReachQuestion } from '../../../src/workflows/verify/reach.ts'

/** An application whose endpoints share some code, and have some of their own. */
const application = {
  'package.json': '{ "type": "module", "dependencies": { "express": "5", "@own/src": "*", "zod": "4" } }',
  'src/server.ts': `import './tracing.ts'
import { createApp } from './app.ts'
import { pgOrders } from './pg-orders.ts'
createApp(pgOrders).listen(3000)
`,
  'src/tracing.ts': 'export const started = Date.now()\n',
  'src/pg-orders.ts': 'export const pgOrders = { all: async () => [1] }\n',
  'src/app.ts': `import express from 'express'
import { limit } from './limit.ts'
import { requireUser, usersRouter } from './routes/users.ts'
import { tagsRouter } from './routes/tags.ts'
import { searchRouter } from './routes/search.ts'
import { ordersRouter } from './routes/orders.ts'
export function createApp(orders: unknown) {
  const app = express()
  app.use(limit, requireUser)
  app.get('/health', (_req, res) => {
    res.json({ status: 'ok' })
  })
  app.use('/users', usersRouter)
  app.use('/tags', tagsRouter)
  app.use('/orders', ordersRouter(orders))
  app.use(searchRouter)
  return app
}
`,
  'src/limit.ts': 'export const limit = (_req, _res, next) => next()\n',
  'src/session.ts': 'export const session = () => null\n',
  'src/audit.ts': 'export const audit = (_req, _res, next) => next()\n',
  'src/profile.ts': 'export const profile = async () => ({})\n',
  'src/db.ts': 'export const rows = async () => []\n',
  'src/patch.ts': 'globalThis.patched = 1\n',
  'src/routes/users.ts': `import { Router } from 'express'
import '../patch.ts'
import { audit } from '../audit.ts'
import { rows } from '../db.ts'
import { profile } from '@/profile'
import { session } from '../session.ts'
export const usersRouter = Router()
export const requireUser = (_req, _res, next) => next(session())
usersRouter.use(audit)
usersRouter.get('/', async (_req, res) => {
  res.json(await rows())
})
// Its profile is read anew each time.
usersRouter.get('/:id/profile', async (_req, res) => {
  res.json(await profile())
})
`,
  'src/routes/tags.ts': `import { Router } from 'express'
import { rows } from '../db.js'
export const tagsRouter = Router()
tagsRouter.get('/', async (_req, res) => {
  res.json(await rows())
})
tagsRouter.get('/:name', async (_req, res) => {
  res.json({})
})
tagsRouter.get('/:name/late', globalThis.handlers.late)
tagsRouter.get('/:name/posts', async (_req, res) => {
  res.json([])
})
`,
  'src/routes/orders.ts': `import { Router } from 'express'
export function ordersRouter(orders) {
  const router = Router()
  router.get('/', async (_req, res) => {
    res.json(await orders.all())
  })
  return router
}
`,
  'src/routes/search.ts': `import { Router } from 'express'
export const searchRouter = Router()
searchRouter.get('/:kind/all', (_req, res) => {
  res.json([])
})
`,
  'test/users.test.ts': "import { createApp } from '../src/app.ts'\ncreateApp(null)\n",
} as const

const users = 'src/routes/users.ts'
const inHandler: Edit = [users, 'await rows()', '(await rows()).slice(0, 10)']
type Edit = readonly [file: string, was: string, is: string]

describe('whether a change reaches an endpoint', () => {
  let root = ''
  let inspection: Inspection
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-reach-'))
    inspection = openInspection(root)
    for (const [file, text] of Object.entries(application)) await write(file, text)
  })
  after(async () => {
    await inspection.dispose()
    await rm(root, { recursive: true })
  })

  async function write(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }

  /** Asks with the edits on disk, and puts the files back. An edit of a file that isn't there makes it. */
  async function asked<Answer>(
    route: string,
    edits: readonly Edit[],
    answer: (question: ReachQuestion) => Answer,
  ): Promise<Answer> {
    const files = await Promise.all(
      [...new Set(edits.map(([file]) => file))].map(async (file): Promise<ChangedFile> => {
        const text = await readFile(join(root, file), 'utf8').catch(() => null)
        const parts = edits.filter((edit) => edit[0] === file)
        for (const [, was] of parts) assert.ok(text === null || text.includes(was), was)
        const edited = parts.reduce((all, [, was, is]) => all.replace(was, () => is), text ?? '')
        return { file, before: text, after: edited }
      }),
    )
    const overlaysOf = (side: 'before' | 'after') =>
      files.map((each) => ({ file: each.file, text: each[side] ?? '' }))
    try {
      for (const { file, after: text } of files) await write(file, text ?? '')
      const inspect = (side: 'before' | 'after') =>
        inspection.check({ overlays: overlaysOf(side), provenance: 'none' })
      const reports = { before: await inspect('before'), after: await inspect('after') }
      return answer({ root, endpoint: parseEndpoint(route).endpoint, files, reports })
    } finally {
      for (const { file, before: text } of files) {
        if (text === null) await rm(join(root, file))
        else await write(file, text)
      }
    }
  }

  const elsewhere: [what: string, route: string, edits: Edit[], routes: string[]][] = [
    ['in the handler of another one', 'GET /tags', [inHandler], ['GET /users']],
    ['the same, for an endpoint with a value', 'GET /tags/red', [inHandler], ['GET /users']],
    [
      'in a handler beside the start',
      'GET /tags',
      [['src/app.ts', "status: 'ok'", "status: 'up'"]],
      ['GET /health'],
    ],
    [
      'in a file that only another handler uses, by an alias',
      'GET /tags',
      [['src/profile.ts', '({})', '({ a: 1 })']],
      ['GET /users/:id/profile'],
    ],
    [
      'in a handler and in a new file for it',
      'GET /tags',
      [
        [
          users,
          "import { audit } from '../audit.ts'",
          "import { audit } from '../audit.ts'\nimport { page } from '../page.ts'",
        ],
        [users, 'await rows()', 'page(await rows())'],
        ['src/page.ts', '', 'export const page = (all) => all.slice(0, 10)\n'],
      ],
      ['GET /users'],
    ],
    [
      'in a pattern that fits longer paths',
      'GET /tags',
      [['src/routes/search.ts', '[]', '[1]']],
      ['GET /:kind/all'],
    ],
    [
      'in a test, and what people read',
      'GET /tags',
      [
        ['test/users.test.ts', 'null', '1'],
        ['README.md', '', 'x'],
      ],
      [],
    ],
  ]
  for (const [what, route, edits, routes] of elsewhere) {
    it(`does not: ${what}`, async () => {
      const found = await asked(route, edits, findElsewhere)
      const files = [...new Set(edits.map(([file]) => file))].filter((file) => file !== 'README.md')
      assert.deepEqual(found, { files, routes })
    })
  }

  const mayReach: [what: string, route: string, edits: Edit[]][] = [
    ['its own handler', 'GET /users', [inHandler]],
    ['another handler of its file', 'GET /users/:id/profile', [inHandler]],
    ['what its file imports', 'GET /tags', [['src/db.ts', '[]', '[1]']]],
    ['where the application is put together', 'GET /tags', [['src/app.ts', 'express()', 'express() ']]],
    ['what the start imports for its effect', 'GET /tags', [['src/tracing.ts', 'now()', 'now() + 1']]],
    ['a middleware', 'GET /tags', [['src/limit.ts', 'next()', 'next() ']]],
    [
      'a middleware in the file of other endpoints',
      'GET /tags',
      [inHandler, [users, 'next(session())', 'next()']],
    ],
    ['what such a middleware uses', 'GET /tags', [['src/session.ts', 'null', '1']]],
    [
      'a middleware of another router, which may stand before it',
      'GET /tags',
      [['src/audit.ts', 'next()', 'next() ']],
    ],
    ['what is handed to its router', 'GET /orders', [['src/pg-orders.ts', '[1]', '[]']]],
    ['a file that nobody names', 'GET /tags', [inHandler, ['src/plugins/cache.ts', '', 'export {}\n']]],
    ['a package', 'GET /tags', [inHandler, ['package.json', '"zod": "4"', '"zod": "3"']]],
    ['data', 'GET /tags', [inHandler, ['migrations/1.sql', '', 'create index i on users (id)']]],
    ['a pattern that some of its values fit', 'GET /tags/:name', [['src/routes/search.ts', '[]', '[1]']]],
    ['a pattern with a wildcard', 'GET /tags', [[users, "'/:id/profile'", "'/*rest'"]]],
    ['an endpoint that is not there', 'GET /nothing', [inHandler]],
    ['a handler that is not followed', 'GET /tags/:name/late', [inHandler]],
    ['what the file of other endpoints imports for its effect', 'GET /tags', [['src/patch.ts', '1', '2']]],
    ['code that does not parse', 'GET /tags', [inHandler, ['src/profile.ts', '({})', '({']]],
  ]
  for (const [what, route, edits] of mayReach) {
    it(`may: ${what}`, async () => {
      assert.equal(await asked(route, edits, findElsewhere), null)
    })
  }

  const beside: [what: string, file: string, text: string][] = [
    [
      'a module whose name is computed',
      'src/jobs.ts',
      'for (const job of ["a"]) void import(`./${job}.ts`)\n',
    ],
    ['a module that is not found', 'src/jobs.ts', "import { client } from '#generated'\nclient()\n"],
    ['a package of its own that holds it', 'src/package.json', '{ "name": "@own/src" }'],
  ]
  for (const [what, file, text] of beside) {
    it(`may, where the code loads ${what}`, async () => {
      const jobs =
        file === 'src/jobs.ts' ? text : "import { profile } from '@own/src/profile'\nvoid profile()\n"
      await write(file, text)
      await write('src/jobs.ts', jobs)
      try {
        const edit: Edit = ['src/profile.ts', '({})', '({ a: 1 })']
        assert.equal(await asked('GET /tags', [edit], findElsewhere), null)
      } finally {
        await rm(join(root, file))
        await rm(join(root, 'src/jobs.ts'), { force: true })
      }
    })
  }

  it('may, where start and application name each other, so that nobody seems to be the first', async () => {
    const app = await readFile(join(root, 'src/app.ts'), 'utf8')
    await write('src/app.ts', `import './server.ts'\n${app}`)
    await rm(join(root, 'test'), { recursive: true })
    try {
      const edit: Edit = ['src/limit.ts', 'next()', 'next() ']
      assert.equal(await asked('GET /tags', [edit], findElsewhere), null)
    } finally {
      await write('src/app.ts', app)
    }
  })

  it('says so in one sentence, and names the endpoint that it does concern', async () => {
    const message =
      "This change doesn't reach GET /tags: it is in src/routes/users.ts, which its handler does not use. Name the route that it concerns: GET /users"
    await assert.rejects(asked('GET /tags', [inHandler], assertReaches), {
      message,
      data: { code: 'HR_OTHER_ROUTE', message, exitCode: 2, actions: [] },
    })
  })
})
