import { Node } from 'ts-morph'
import { httpMethods, type HttpMethod } from '../../../model/route.ts'
import type { Framework, FrameworkExample } from './framework.ts'
import { readsOf, type RequestShape } from './reading/request-input.ts'
import { parameterText } from './reading/request-query.ts'
import { schemasOf } from './reading/request-schemas.ts'
import { isCallOnParameter, isParameter } from './reading/responses.ts'
import { RouteReader, type RouterCall } from './reading/route-reader.ts'
import type { Router } from './reading/routers.ts'
import type { Value } from './reading/values.ts'

const application =
  /^(?:new "(?:koa|(?:@koa\/|koa-)router)"(?:\.(?:default|Router))?|"(?:koa|(?:@koa\/|koa-)router)"(?:\.default)?\(\)|<"(?:koa|(?:@koa\/|koa-)router)"(?:\.(?:default|Router))?>)$/
const verbs = new Map<string, HttpMethod>([
  ...httpMethods.map((method) => [method.toLowerCase(), method] as const),
  ['del', 'DELETE'],
])
const fluent = new Set([...verbs.keys(), 'use', 'register', 'param', 'prefix', 'routes', 'middleware'])
/** Packages that make one middleware of several. */
const joining = /^"(?:koa-compose|koa-combine-routers)"(?:\.default)?$/

const request: RequestShape = {
  position: () => 0,
  typed: /^<"(?:koa|(?:@koa\/|koa-)router)"\.(?:\w*Context)>$/,
  parts: {
    query: 'query',
    'request.query': 'query',
    'request.body': 'body',
    params: 'parameters',
    'request.params': 'parameters',
    headers: 'headers',
    header: 'headers',
    'request.headers': 'headers',
    'request.header': 'headers',
  },
  readers: { get: 'headers', 'request.get': 'headers' },
}

const examples: readonly FrameworkExample[] = [
  {
    files: {
      'app.ts': `import Koa from 'koa'
import Router from '@koa/router'
import mount from 'koa-mount'
import users from './users'
const app = new Koa()
const api = new Koa()
const router = new Router({ prefix: '/v1' })
router.use('/users', users.routes(), users.allowedMethods())
router.get('health', '/health', async (ctx) => { ctx.body = 'ok' })
api.use(router.routes()).use(router.allowedMethods())
app.use(mount('/api', api))
`,
      'users.ts': `import Router from '@koa/router'
const router = new Router()
const auth = () => async (ctx, next) => { await next() }
router.post('users.list', auth(), async (ctx) => { ctx.body = [] })
router.get('/:id', auth(), async (ctx) => { ctx.body = {} }).del('/:id', async (ctx) => { ctx.status = 204 })
 export default router
`,
    },
    routes: [
      'GET /api/v1/health',
      'POST /api/v1/users/users.list',
      'GET /api/v1/users/:id',
      'DELETE /api/v1/users/:id',
    ],
  },
  {
    files: {
      'index.js': `const Koa = require('koa')
const compose = require('koa-compose')
const Router = require('koa-router')
const app = new Koa()
const users = new Router()
const posts = Router()
users.prefix('/users')
users.all('/', require('./handlers').list)
posts.register('/posts', ['get', 'post'], require('./handlers').list)
app.use(compose([users.routes(), posts.routes()]))
`,
      'handlers.js': `exports.list = async (ctx) => { ctx.body = [] }\n`,
    },
    routes: ['ALL /users', 'GET /posts', 'POST /posts'],
  },
]

/** Koa with its router, routers nested in each other, and koa-mount. */
export const koa: Framework = {
  id: 'koa',
  mentioned: 'koa',
  sendsReturnValue: false,
  examples,
  routes(program, resolver) {
    const reader = new RouteReader(program, resolver, {
      origins: application,
      fluent,
      prefixOption: 'prefix',
    })
    for (const at of reader.callsOf('prefix')) setPrefix(reader, at)
    for (const at of reader.callsOf('use')) mount(reader, at)
    for (const [verb, method] of verbs) for (const at of reader.callsOf(verb)) register(reader, at, [method])
    for (const at of reader.callsOf('register')) registerFor(reader, at)
    return reader.routes()
  },
  sends: (call) => isCallOnParameter(call, new Set(['render'])),
  sendsAssignment(target) {
    if (!Node.isPropertyAccessExpression(target) || target.getName() !== 'body') return false
    const owner = target.getExpression()
    const isResponse = Node.isPropertyAccessExpression(owner) && owner.getName() === 'response'
    return isParameter(isResponse ? owner.getExpression() : owner)
  },
  awaitsHandlers: () => true,
  requestInput(node, resolver) {
    return readsOf(node, request, resolver)
  },
  requestQuery(fn) {
    return parameterText(fn, { position: 0, name: 'ctx', property: 'query', add: false })
  },
}

function setPrefix(reader: RouteReader, { call, receiver, bindings }: RouterCall): void {
  const [path] = call.getArguments()
  if (!path) return
  const text = reader.paths.read({ node: path, bindings })
  for (const router of reader.routers.identify({ node: receiver, bindings }))
    reader.routers.setPrefix(router.made, text)
}

/** `router.use('/path', nested.routes())`, `app.use(router.routes())`, `app.use(mount('/path', app))`. */
function mount(reader: RouteReader, at: RouterCall): void {
  const { bindings } = at
  const [first, ...rest] = at.call.getArguments()
  if (!first) return
  const given = { node: first, bindings }
  const mountedFirst = mountedBy(reader, given)
  const hasPath = mountedFirst.length === 0 && rest.length > 0 && reader.isPath(given)
  const prefixes = hasPath ? reader.paths.readAll(given) : ['']
  for (const { router, prefix } of [
    ...mountedFirst,
    ...rest.flatMap((node) => mountedBy(reader, { node, bindings })),
  ])
    reader.mount(
      at,
      [router],
      prefixes.map((path) => `${path}/${prefix}`),
    )
}

interface Mounted {
  readonly router: Router
  readonly prefix: string
}

/** The routers behind what `use` is given, each below the path that koa-mount puts it at. */
function mountedBy(reader: RouteReader, given: Value): Mounted[] {
  const { node, bindings } = reader.values.follow(given)
  const elements = reader.values.elements({ node, bindings })
  if (elements) return elements.flatMap((element) => mountedBy(reader, element))
  if (Node.isCallExpression(node)) {
    const origin = reader.values.resolver.origin(node.getExpression()) ?? ''
    const parts = node.getArguments().map((argument) => ({ node: argument, bindings }))
    if (joining.test(origin)) return parts.flatMap((part) => mountedBy(reader, part))
    const [path, app = path] = parts
    if (origin === '"koa-mount"' && path && app) {
      const prefix = app === path ? '' : reader.paths.read(path)
      return mountedBy(reader, app).map((inner) => ({ ...inner, prefix: `${prefix}/${inner.prefix}` }))
    }
  }
  return reader.routers.identify({ node, bindings }).map((router) => ({ router, prefix: '' }))
}

/** `router.get('name', '/path', …)` or `router.get('/path', …)`. */
function register(reader: RouteReader, at: RouterCall, methods: readonly HttpMethod[]): void {
  const { call, bindings } = at
  const args = call.getArguments()
  const [first, second] = args
  if (!first || !second) return
  const isNamed = args.length > 2 && reader.paths.known({ node: second, bindings }) !== null
  const handlers = args.slice(isNamed ? 2 : 1)
  const paths = reader.paths.readAll({ node: isNamed ? second : first, bindings })
  reader.register({ at, methods, paths, handlers, schemas: schemasOf(handlers, reader.values.resolver) })
}

/** `router.register('/path', ['get', 'post'], …)` */
function registerFor(reader: RouteReader, at: RouterCall): void {
  const [path, methods, ...handlers] = at.call.getArguments()
  if (!path || !methods) return
  const names = reader.paths.readAll({ node: methods, bindings: at.bindings })
  reader.register({
    at,
    methods: names.flatMap((name) => verbs.get(name.toLowerCase()) ?? []),
    paths: reader.paths.readAll({ node: path, bindings: at.bindings }),
    handlers,
  })
}
