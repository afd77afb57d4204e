import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TypeScriptFrontEnd } from '../../src/analysis/typescript/front-end.ts'
import { routeKey } from '../../src/model/route.ts'

type Files = Readonly<Record<string, string>>

/** The routes, each with the line of the function that answers, and the tables whose rows it sends. */
function routesOf(files: Files): string[] {
  const { facts, problems } = new TypeScriptFrontEnd().read({
    texts: new Map(Object.entries(files)),
    problems: [],
  })
  assert.deepEqual(problems, [])
  return facts.handlers
    .map(({ id, route }) => {
      const tables = facts.queries
        .filter(({ handler, uses }) => handler === id && uses.some(({ kind }) => kind === 'response'))
        .map(({ table }) => table)
      return [routeKey(route), `:${route.handler?.line ?? 'unknown'}`, ...tables].join(' ')
    })
    .toSorted()
}

test('Express: a class that is made twice registers its routes below both prefixes, each with its own handlers', () => {
  const app = `import express, { Router } from 'express'
class Users { list = (req, res) => { res.json('users') } }
class Posts {
  list = (req, res) => { res.json('posts') }
}
class Crud {
  readonly router = Router()
  constructor(private path: string, private controller: Users | Posts) {
    this.get('/', this.controller.list)
  }
  get(path, ...handlers) { this.router.get(this.path + path, ...handlers) }
}
const app = express()
app.use('/a', new Crud('/users', new Users()).router)
app.use('/b', new Crud('/posts', new Posts()).router)
`
  assert.deepEqual(routesOf({ 'app.ts': app }), ['GET /a/users :2', 'GET /b/posts :4'])
})

test('Express: a router in a base class belongs to each class below it, with what it hands on by super', () => {
  const app = `import express, { Router } from 'express'
abstract class Base {
  router: Router
  constructor(protected prefix: string) { this.router = Router() }
}
class Users extends Base {
  constructor() { super('/users'); this.router.get(this.prefix, (req, res) => { res.end() }) }
}
class Posts extends Base {
  constructor() { super('/posts'); this.router.get(this.prefix, (req, res) => { res.end() }) }
}
const app = express()
app.use('/v1', new Users().router)
app.use('/v2', new Posts().router)
`
  assert.deepEqual(routesOf({ 'app.ts': app }), ['GET /v1/users :7', 'GET /v2/posts :10'])
})

test('Express: a router behind an interface is that of every class that implements it', () => {
  const app = `import express, { Router } from 'express'
import { container } from './container'
interface Routes { router: Router }
class Users implements Routes {
  router = Router()
  constructor() { this.router.get('/users', (req, res) => { res.end() }) }
}
const app = express()
container.all<Routes>().forEach((routes: Routes) => app.use('/api', routes.router))
`
  assert.deepEqual(routesOf({ 'app.ts': app }), ['GET /api/users :6'])
})

test('Express: what is not a path is not a prefix', () => {
  const app = `import express, { Router } from 'express'
import helmet from 'helmet'
import config from 'config'
const app = express()
const one = Router()
const two = Router()
const three = Router()
for (const router of [one, two, three]) router.get('/x', (req, res) => { res.end() })
app.use(helmet(), one)
app.use(log, two)
app.use(config.get('prefix'), three)
;[one].forEach((router) => router.put('/each', (req, res) => { res.end() }))
app.set('title', 'x')
app.get('title')
app.options('*', cors())
function log(req, res, next) { next() }
import cors from 'cors'
`
  assert.deepEqual(routesOf({ 'app.ts': app }), ['GET /:prefix/x :8', 'GET /x :8', 'PUT /each :12'])
})

test('Express: routers that mount each other in a circle end', () => {
  const app = `const { Router } = require('express')
const a = Router(), b = Router()
a.use('/b', b)
b.use('/a', a)
a.get('/', (req, res) => res.end())
const make = (path) => make(path + '/x')
a.get(make('/'), (req, res) => res.end())
`
  assert.deepEqual(routesOf({ 'app.js': app }), ['GET /a :5', 'GET /a/:make :7'])
})

test('Koa: rows that are assigned to the body are sent', () => {
  const app = `import Koa from 'koa'
import Router from '@koa/router'
import { knex } from 'knex'
const db = knex({ client: 'pg' })
const router = new Router()
router.get('/users', async (ctx) => { ctx.body = await db('users') })
router.get('/posts', async (ctx) => {
  const posts = await db('posts')
  ctx.response.body = { data: posts }
})
router.get('/none', async (ctx) => { ctx.state.body = await db('secrets') })
new Koa().use(router.routes())
`
  assert.deepEqual(routesOf({ 'app.ts': app }), [
    'GET /none :11',
    'GET /posts :7 posts',
    'GET /users :6 users',
  ])
})

test('Fastify: what an instance was decorated with is reached by its name, across plugins', () => {
  const files = {
    'app.ts': `import Fastify from 'fastify'
import fp from 'fastify-plugin'
import { database } from './database'
import routes from './routes'
const app = Fastify()
app.register(fp(database))
app.register(routes, { prefix: '/api' })
`,
    'database.ts': `import type { FastifyInstance } from 'fastify'
import { knex } from 'knex'
export const database = async (fastify: FastifyInstance) => {
  fastify.decorate('db', knex({ client: 'pg' }))
  fastify.decorate('users', createUsers(fastify))
  fastify.decorate('listTags', async () => fastify.db('tags'))
}
function createUsers(fastify: FastifyInstance) {
  const { db } = fastify
  return { async all() { return db('users') } }
}
`,
    'routes.ts': `import type { FastifyPluginAsync } from 'fastify'
const routes: FastifyPluginAsync = async (fastify) => {
  const { users } = fastify
  fastify.get('/users', async () => users.all())
  fastify.get('/people', async (request, reply) => reply.send(await fastify.users.all()))
  fastify.get('/posts', async () => fastify.getDecorator('db')('posts'))
  fastify.get('/tags', async () => fastify.listTags())
  fastify.get('/none', async () => other.users.all())
}
const other = new Map()
export default routes
`,
  }
  assert.deepEqual(routesOf(files), [
    'GET /api/none :8',
    'GET /api/people :5 users',
    'GET /api/posts :6 posts',
    'GET /api/tags :7 tags',
    'GET /api/users :4 users',
  ])
})

test('Hono: what middleware set on the context is reached by its name', () => {
  const app = `import { Hono } from 'hono'
import { knex } from 'knex'
const app = new Hono()
app.use('*', async (c, next) => { c.set('db', knex({ client: 'pg' })); await next() })
app.get('/users', async (c) => c.json(await c.get('db')('users')))
app.get('/posts', async (c) => {
  const { db } = c.var
  return c.json(await db('posts'))
})
app.get('/tags', async (c) => c.json(await c.var.db('tags')))
`
  assert.deepEqual(routesOf({ 'app.ts': app }), [
    'GET /posts :6 posts',
    'GET /tags :10 tags',
    'GET /users :5 users',
  ])
})
