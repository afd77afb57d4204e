import type { FrameworkExample } from '../framework.ts'

/** Code in which the Fastify adapter must find routes. */
export const fastifyExamples: readonly FrameworkExample[] = [
  {
    files: {
      'server.js': `const fastify = require('fastify')({ logger: true })
fastify.get('/', async () => ({ ok: true }))
fastify.register(require('./users'), { prefix: '/users' })
fastify.register(async function (instance, options) {
  instance.get('/inner', { preHandler: [(request, reply, done) => done()] }, (request, reply) => { reply.send({}) })
}, { prefix: '/outer' })
fastify.route({
  method: ['PUT', 'PATCH'],
  url: '/both',
  schema: { body: { type: 'object' } },
  handler: async (request, reply) => request.body,
})
`,
      'users.js': `async function routes (fastify, options) {
  const schema = { querystring: { type: 'object' } }
  fastify.get('/', { schema, handler: async (request) => request.query })
  fastify.get('/:id(^\\\\d+)', async (request) => request.params.id)
}
module.exports = routes
`,
    },
    routes: ['GET /', 'GET /users', 'GET /users/:id', 'GET /outer/inner', 'PUT /both', 'PATCH /both'],
  },
  {
    files: {
      'src/app.ts': `import path from 'node:path'
import autoload from '@fastify/autoload'
import type { FastifyInstance } from 'fastify'
 export default async function app(fastify: FastifyInstance, opts) {
  fastify.register(autoload, { dir: path.join(import.meta.dirname, 'plugins'), options: { base: '/up' } })
  fastify.register(autoload, { dir: path.join(import.meta.dirname, 'routes'), options: { ...opts, prefix: '/v1' } })
}
`,
      'src/server.ts': `import Fastify from 'fastify'
import fp from 'fastify-plugin'
import app from './app.js'
const server = Fastify()
server.register(fp(app))
`,
      'src/plugins/ping.ts': `import fp from 'fastify-plugin'
 export default fp(async (fastify, { base = '' }) => { fastify.get(base + '/ping', async () => 'pong') })
`,
      'src/routes/home.ts': `import type { FastifyPluginAsync } from 'fastify'
const plugin: FastifyPluginAsync = async (fastify) => { fastify.get('/', async () => 'home') }
 export default plugin
`,
      'src/routes/api/tasks/index.ts': `import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
const plugin: FastifyPluginAsyncTypebox = async (fastify) => {
  fastify.withTypeProvider().post('/:id/assign', { schema: {} }, async (request) => request.params)
}
 export default plugin
`,
      'src/routes/api/tasks/unused.ts': `export default async (fastify) => { fastify.get('/never', async () => 1) }\n`,
      'src/routes/api/users/list.ts': `export const autoPrefix = '/people'
 export default async (fastify) => { fastify.get('/', async () => []) }
`,
      'src/routes/hooks/hooks.ts': `export const prefixOverride = '/webhooks'
 export default async (fastify) => { fastify.post('/', async () => []) }
`,
    },
    routes: ['GET /up/ping', 'GET /v1', 'POST /v1/api/tasks/:id/assign', 'GET /v1/people', 'POST /webhooks'],
  },
  {
    files: {
      'index.ts': `import { fastify } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { userRoutes } from './users'
import { UsersController } from './controller'
const app = fastify().withTypeProvider<ZodTypeProvider>()
app.register(userRoutes(new UsersController()), { prefix: \`/api/\${process.env.VERSION ?? 'v1'}\` })
app.register(import('./health'))
addDirect(app)
function addDirect(server: typeof app) {
  server.delete('/direct', async () => null)
}
`,
      'users.ts': `import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { UsersController } from './controller'
export const userRoutes = (users: UsersController): FastifyPluginAsync => async (server) => {
  server.get('/users', users.list)
  server.get('/users/:id', users.one.bind(users))
}
`,
      'controller.ts': `export class UsersController {
  list = async () => []
  async one(request) { return request.params }
}
`,
      'health.ts': `import type { FastifyInstance } from 'fastify'
 export default async function health(server: FastifyInstance) {
  server.get('/health', async (_, reply) => reply.send('ok'))
}
`,
    },
    routes: ['GET /api/v1/users', 'GET /api/v1/users/:id', 'GET /health', 'DELETE /direct'],
  },
]
