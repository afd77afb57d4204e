import type { FrameworkExample } from '../framework.ts'

/** Code in which the Hono adapter must find routes. */
export const honoExamples: readonly FrameworkExample[] = [
  {
    files: {
      'index.ts': `import { Hono } from 'hono'
import { zValidator } from '@hono/zod-validator'
import { z } from 'zod'
import books from './books'
const app = new Hono().basePath('/api')
const v1 = app.basePath('/v1')
app.get('/health', (c) => c.text('ok')).post('/echo', zValidator('json', z.object({})), async (c) => {
  return c.json(c.req.valid('json'))
})
v1.get('/version', (c) => c.json(1))
app.route('/books', books)
app.on(['PUT', 'DELETE'], ['/a', '/b'], (c) => c.body(null))
 export default app
`,
      'books.ts': `import { Hono } from 'hono'
import { createFactory } from 'hono/factory'
const factory = createFactory()
const handlers = factory.createHandlers(async (c) => c.json([]))
const app = new Hono<{ Bindings: { DB: string } }>()
  .get('/', ...handlers)
  .get('/:id{[0-9]+}', (c) => c.json({ id: c.req.param('id') }))
 export default app
`,
    },
    routes: [
      'GET /api/health',
      'POST /api/echo',
      'GET /api/v1/version',
      'GET /api/books',
      'GET /api/books/:id',
      'PUT /api/a',
      'PUT /api/b',
      'DELETE /api/a',
      'DELETE /api/b',
    ],
  },
  {
    files: {
      'app.ts': `import { createApp, createRouter } from './create-app'
import tasks from './tasks'
import users from './users'
const app = createApp()
const admin = [tasks]
admin.forEach((route) => app.route('/admin', route))
for (const route of [users] as const) app.route('/', route)
const index = createRouter().get('/', (c) => c.text('index'))
app.route('/index', index)
`,
      'create-app.ts': `import { OpenAPIHono } from '@hono/zod-openapi'
export function createRouter() {
  return new OpenAPIHono({ strict: false })
}
export function createApp() {
  const app = createRouter()
  app.use('*', async (c, next) => next())
  app.get('/doc', (c) => c.json({}))
  return app
}
`,
      'tasks.ts': `import { createRoute, z } from '@hono/zod-openapi'
import { createRouter } from './create-app'
import * as handlers from './handlers'
const list = createRoute({ method: 'get', path: '/tasks', request: { query: z.object({}) }, responses: {} })
const getOne = createRoute({ method: 'get', path: '/tasks/{id}', responses: {} })
 export default createRouter().openapi(list, handlers.list).openapi(getOne, handlers.list)
`,
      'users.ts': `import { createRouter } from './create-app'
import * as handlers from './handlers'
const users = createRouter()
users.post('*', async (c, next) => next())
users.post('/users', handlers.list)
 export default users
`,
      'handlers.ts': `export const list = async (c) => c.json([])\n`,
    },
    routes: ['GET /doc', 'GET /admin/tasks', 'GET /admin/tasks/:id', 'POST /users', 'GET /index'],
  },
]
