import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Node } from 'ts-morph'
import type { Framework } from '../../src/analysis/typescript/frameworks/framework.ts'
import { express } from '../../src/analysis/typescript/frameworks/express.ts'
import {
  findRoutes,
  type FoundRoutes,
} from '../../src/analysis/typescript/frameworks/reading/found-routes.ts'
import { fastify } from '../../src/analysis/typescript/frameworks/fastify.ts'
import { hono } from '../../src/analysis/typescript/frameworks/hono.ts'
import { koa } from '../../src/analysis/typescript/frameworks/koa.ts'
import { Program } from '../../src/analysis/typescript/program.ts'
import { Resolver } from '../../src/analysis/typescript/resolver.ts'

type Files = Readonly<Record<string, string>>

interface Read {
  readonly program: Program
  readonly resolver: Resolver
  readonly routes: FoundRoutes['routes']
}

function read(framework: Framework, files: Files): Read {
  const program = new Program()
  program.update(new Map(Object.entries(files)))
  const resolver = new Resolver(program)
  const found = findRoutes([framework], resolver, (_, error) => assert.fail(String(error)))
  return { program, resolver, routes: found.flatMap(({ routes }) => [...routes]) }
}

/** What the framework says of each expression, found by its text: `query.limit`, with the schema's text after a colon. */
function inputsOf(framework: Framework, files: Files, texts: readonly string[]): string[] {
  const { program, resolver } = read(framework, files)
  return texts.map((text) => {
    const node = program
      .sourceFiles()
      .flatMap((file) => file.forEachDescendantAsArray())
      .find(
        (candidate) =>
          candidate.getText() === text && (Node.isExpression(candidate) || Node.isBindingElement(candidate)),
      )
    assert.ok(node, text)
    const input = framework.requestInput(node, resolver)
    if (!input) return 'none'
    const name = input.name === null ? '' : `.${input.name}`
    return `${input.part}${name}${input.schema ? `: ${input.schema.getText()}` : ''}`
  })
}

test('Express: what of the request an expression reads, by type, by registration, in helpers and patterns', () => {
  const files = {
    'app.ts': `import express, { type Request } from 'express'
import { celebrate, Segments } from 'celebrate'
import { list, page } from './handlers.js'
const app = express()
app.get('/', validate(listSchema), list)
app.post('/', celebrate({ [Segments.BODY]: bodySchema }), ({ body: { title } }, res) => { res.json(title) })
app.put('/', keep(putSchema), (request, res) => { res.json(request.checked.name) })
const typed = (request: Request) => request.headers['x-page']
const other = new Map()
console.log(other.query, typed)
function validate(schema) {
  return (req, res, next) => { schema.parse(req.query); next() }
}
function keep(schema) {
  return async (req, res, next) => { req.checked = await schema.parseAsync(req.body); next() }
}
`,
    'handlers.ts': `export const list = (req, res) => {
  const { offset } = req.query
  res.json([req.query.limit, offset, helper(req), req.get('x-id')])
}
const helper = (r) => r.params.id
export const page = (req, res) => res.json(req.query.other)
`,
  }
  const expected = {
    'req.query': 'query: listSchema',
    'req.query.limit': 'query.limit: listSchema',
    offset: 'query.offset: listSchema',
    'r.params.id': 'parameters.id',
    "req.get('x-id')": 'headers.x-id',
    title: 'body.title: bodySchema',
    'request.checked.name': 'body.name: putSchema',
    "request.headers['x-page']": 'headers.x-page',
    'other.query': 'none',
    'req.query.other': 'none',
  }
  const texts = Object.keys(expected)
  assert.deepEqual(inputsOf(express, files, texts), Object.values(expected))
})

test('Express: schemas of middleware that checks all parts, or the part it is told', () => {
  const { routes } = read(express, {
    'app.js': `const app = require('express')()
const Joi = require('joi')
const schema = { query: Joi.object({ limit: Joi.number().max(10) }), body: Joi.object() }
app.get('/all', checkAll(schema), (req, res) => res.json([]))
app.get('/query', check(querySchema, 'query'), (req, res) => res.json([]))
app.post('/body', check(bodySchema), (req, res) => res.json([]))
app.post('/class', toClass(Dto), (req, res) => res.json([]))
app.post('/none', log(schema.query), (req, res) => res.json([]))
function checkAll(schema) {
  return (req, res, next) => { Joi.compile(schema).validate(req); next() }
}
function check(schema, part = 'body') {
  return (req, res, next) => next(schema.validate(req[part]).error)
}
function toClass(type) {
  return (req, res, next) => validateOrReject(plainToInstance(type, req.body)).then(next)
}
function log(what) {
  return (req, res, next) => { console.log(what); next() }
}
class Dto {}
`,
  })
  const found = routes.map(({ path, schemas = {} }) => {
    const texts = Object.entries(schemas).map(([part, node]) => `${part}=${node.getText()}`)
    return [path, ...texts.toSorted()].join(' ')
  })
  assert.deepEqual(found.toSorted(), [
    '/all body=Joi.object() query=Joi.object({ limit: Joi.number().max(10) })',
    '/body body=bodySchema',
    '/class body=Dto',
    '/none',
    '/query query=querySchema',
  ])
})

/** Whether Express awaits handlers in a project with this package.json and code. */
function awaited(manifest: string, code = ''): boolean {
  const { program } = read(express, { 'package.json': manifest, 'src/app.js': code })
  return express.awaitsHandlers('src/app.js', program)
}

function depending(range: string): string {
  return JSON.stringify({ dependencies: { express: range } })
}

test('Express: handlers are awaited from version 5 on, or with express-async-errors, or where nothing is known', () => {
  assert.equal(awaited(depending('^4.18.2')), false)
  assert.equal(awaited(depending('~4')), false)
  assert.equal(awaited(depending('^5.0.0')), true)
  assert.equal(awaited(depending('latest')), true)
  assert.equal(awaited('{}'), true)
  assert.equal(awaited(depending('^4.18.2'), `require('express-async-errors')`), true)
  assert.equal(awaited(depending('^4.18.2'), `import 'express-async-errors'`), true)
  assert.equal(awaited(depending('^4.18.2'), `// express-async-errors`), false)
})

test('Koa: the context, and what middleware keeps of what it checked', () => {
  const files = {
    'app.ts': `import Koa from 'koa'
import Router from '@koa/router'
const router = new Router()
router.post('/groups.list', validate(ListSchema), async (ctx) => {
  const { name } = ctx.request.body
  ctx.body = [ctx.query.limit, ctx.request.query, ctx.params.id, ctx.input.body.sort, name, ctx.state.body]
})
new Koa().use(router.routes())
const ListSchema = z.object({ body: z.object({ sort: z.string() }) })
function validate(schema) {
  return async (ctx, next) => { ctx.input = { ...ctx.input, ...schema.parse(ctx.request) }; await next() }
}
`,
  }
  const expected = {
    'ctx.query.limit': 'query.limit',
    'ctx.request.query': 'query',
    'ctx.params.id': 'parameters.id',
    'ctx.input.body.sort': 'body.sort: z.object({ sort: z.string() })',
    name: 'body.name: z.object({ sort: z.string() })',
    'ctx.state.body': 'none',
  }
  assert.deepEqual(inputsOf(koa, files, Object.keys(expected)), Object.values(expected))
})

test('Fastify: the request, with the schemas of its route', () => {
  const files = {
    'app.js': `const app = require('fastify')()
const querystring = { type: 'object' }
app.get('/:id', { schema: { querystring, params: paramsSchema } }, async (request, reply) => {
  return [request.query.limit, request.params, request.headers.host, reply.query]
})
app.post('/', async ({ body }) => body.title)
`,
  }
  const expected = {
    'request.query.limit': 'query.limit: querystring',
    'request.params': 'parameters: paramsSchema',
    'request.headers.host': 'headers.host',
    'reply.query': 'none',
    'body.title': 'body.title',
  }
  assert.deepEqual(inputsOf(fastify, files, Object.keys(expected)), Object.values(expected))
})

test('Hono: the methods of the request, and what validators passed', () => {
  const files = {
    'app.ts': `import { Hono } from 'hono'
import { zValidator } from '@hono/zod-validator'
const app = new Hono()
const checked = (target, schema) => zValidator(target, schema, () => {})
app.get('/:id', checked('query', listSchema), async (c) => {
  const { limit } = c.req.valid('query')
  const title = (await c.req.json()).title
  return c.json([c.req.query('page'), c.req.param('id'), c.req.query(), limit, title, c.get('query')])
})
`,
  }
  const expected = {
    "c.req.valid('query')": 'query: listSchema',
    limit: 'query.limit: listSchema',
    '(await c.req.json()).title': 'body.title',
    "c.req.query('page')": 'query.page: listSchema',
    "c.req.param('id')": 'parameters.id',
    'c.req.query()': 'query: listSchema',
    "c.get('query')": 'none',
  }
  assert.deepEqual(inputsOf(hono, files, Object.keys(expected)), Object.values(expected))
})

/** How the first route's handler reaches its query, after the edits. */
function queryOf(framework: Framework, file: string, code: string): string | null {
  const { routes } = read(framework, { [file]: code })
  const handler = routes[0]?.functions.at(-1)
  assert.ok(handler)
  const query = framework.requestQuery(handler)
  if (!query) return null
  const text = query.edits.reduceRight(
    (before, edit) => before.slice(0, edit.start) + edit.text + before.slice(edit.end),
    code,
  )
  const changed = query.edits.length > 0 ? ` in ${text.split('\n').at(-1) ?? ''}` : ''
  return query.text + changed
}

test('The query of a request is reached in every form of handler', () => {
  const onExpress = (handler: string): string | null =>
    queryOf(express, 'app.ts', `import express from 'express'\nexpress().get('/', ${handler})`)
  assert.equal(onExpress('(req, res) => res.json([])'), 'req.query')
  assert.equal(
    onExpress('(_req, res) => res.json([])'),
    "req.query in express().get('/', (req, res) => res.json([]))",
  )
  assert.equal(
    onExpress('({ body }, res) => res.json(body)'),
    "query in express().get('/', ({ body, query }, res) => res.json(body))",
  )
  assert.equal(onExpress('({ query: q }, res) => res.json(q)'), 'q')
  assert.equal(onExpress('({ query: { sort } }, res) => res.json(sort)'), null)
  assert.equal(onExpress('({ ...all }, res) => res.json(all)'), null)

  const onFastify = (file: string, handler: string, options = ''): string | null =>
    queryOf(fastify, file, `import Fastify from 'fastify'\nFastify().get('/', ${options}${handler})`)
  assert.equal(onFastify('app.js', 'async (request) => []'), 'request.query')
  assert.equal(
    onFastify('app.js', 'async () => []'),
    "request.query in Fastify().get('/', async (request) => [])",
  )
  assert.equal(
    onFastify('app.ts', 'async (request) => []'),
    '(request.query as { limit?: string; offset?: string })',
  )
  assert.equal(onFastify('app.ts', 'async (request) => []', '{ schema: { querystring: schema } }, '), null)

  assert.equal(
    queryOf(
      koa,
      'app.js',
      `const router = require('koa-router')()\nrouter.get('/', async (ctx) => { ctx.body = [] })`,
    ),
    'ctx.query',
  )
  assert.equal(
    queryOf(hono, 'app.ts', `import { Hono } from 'hono'\nnew Hono().get('/', (c) => c.json([]))`),
    'c.req.query()',
  )
})
