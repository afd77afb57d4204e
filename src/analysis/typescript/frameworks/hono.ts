import { httpMethods, type HttpMethod } from '../../../model/route.ts'
import type { Framework } from './framework.ts'
import { handlersIn } from './reading/handlers.ts'
import { honoExamples } from './hono/examples.ts'
import { describedRoute, validatorSchemas } from './hono/schemas.ts'
import { readsOf, type RequestShape } from './reading/request-input.ts'
import { parameterText } from './reading/request-query.ts'
import { isCallOnParameter } from './reading/responses.ts'
import { RouteReader, type RouterCall } from './reading/route-reader.ts'

const application =
  /^(?:new "(?:hono(?:\/\w+)?|@hono\/zod-openapi)"\.(?:OpenAPI)?Hono|"hono\/factory"\.createFactory\(\)\.createApp\(\)|new "hono\/factory"\.Factory\.createApp\(\)|<"(?:hono(?:\/\w+)?|@hono\/zod-openapi)"\.(?:OpenAPI)?Hono>)$/
const verbs = new Map(httpMethods.map((method) => [method.toLowerCase(), method]))
const fluent = new Set([
  ...verbs.keys(),
  'use',
  'on',
  'route',
  'openapi',
  'onError',
  'notFound',
  'mount',
  'doc',
  'doc31',
])
const sendingMethods = new Set(['json', 'text', 'html', 'body', 'render', 'newResponse'])

const request: RequestShape = {
  position: () => 0,
  typed: /^<"(?:hono(?:\/\w+)?|@hono\/zod-openapi)"\.Context>$/,
  parts: {},
  readers: {
    'req.query': 'query',
    'req.queries': 'query',
    'req.param': 'parameters',
    'req.header': 'headers',
    'req.json': 'body',
    'req.parseBody': 'body',
  },
  validated: {
    method: 'req.valid',
    parts: {
      query: 'query',
      param: 'parameters',
      json: 'body',
      form: 'body',
      header: 'headers',
    },
  },
}

/** Hono, also with `@hono/zod-openapi`: apps mounted on each other, chained routes, described routes. */
export const hono: Framework = {
  id: 'hono',
  mentioned: 'hono',
  sendsReturnValue: true,
  examples: honoExamples,
  routes(program, resolver) {
    const prefixing = new Set(['basePath'])
    const reader = new RouteReader(program, resolver, { origins: application, fluent, prefixing })
    for (const at of reader.callsOf('route')) mount(reader, at)
    for (const [verb, method] of verbs) for (const at of reader.callsOf(verb)) register(reader, at, method)
    for (const at of reader.callsOf('on')) registerOn(reader, at)
    for (const at of reader.callsOf('openapi')) registerDescribed(reader, at)
    return reader.routes()
  },
  sends: (call) => isCallOnParameter(call, sendingMethods),
  awaitsHandlers: () => true,
  requestInput(node, resolver) {
    return readsOf(node, request, resolver)
  },
  requestQuery(fn) {
    return parameterText(fn, { position: 0, name: 'c', property: 'req.query()', add: true })
  },
}

/** `app.route('/path', other)` */
function mount(reader: RouteReader, at: RouterCall): void {
  const [path, app] = at.call.getArguments()
  if (!path || !app) return
  const prefix = reader.paths.read({ node: path, bindings: at.bindings })
  reader.mount(at, reader.routersIn({ node: app, bindings: at.bindings }), [prefix])
}

/**
 * `app.get('/path', …)`; without a path, for the one that its router is mounted at. What stands below a wildcard and takes
 * `next` is middleware of the routes there.
 */
function register(reader: RouteReader, at: RouterCall, method: HttpMethod): void {
  const args = at.call.getArguments()
  const [first] = args
  if (!first) return
  const path = { node: first, bindings: at.bindings }
  const hasPath = reader.isPath(path)
  const handlers = hasPath ? args.slice(1) : args
  if (handlers.length === 0) return
  const paths = hasPath ? reader.paths.readAll(path) : ['/']
  const last = handlers.at(-1)
  const functions = last ? handlersIn({ node: last, bindings: at.bindings }, reader.values) : []
  const goesOn = functions.some((fn) => fn.getParameters().length > 1)
  if (goesOn && paths.every((text) => text.endsWith('*'))) return
  reader.register({
    at,
    methods: [method],
    paths,
    handlers,
    schemas: validatorSchemas(handlers, at.bindings, reader),
  })
}

/** `app.on(['GET', 'POST'], '/path', …)` */
function registerOn(reader: RouteReader, at: RouterCall): void {
  const [methods, path, ...handlers] = at.call.getArguments()
  if (!methods || !path) return
  const names = reader.paths.readAll({ node: methods, bindings: at.bindings })
  reader.register({
    at,
    methods: names.flatMap((name) => verbs.get(name.toLowerCase()) ?? []),
    paths: reader.paths.readAll({ node: path, bindings: at.bindings }),
    handlers,
    schemas: validatorSchemas(handlers, at.bindings, reader),
  })
}

/** `app.openapi(createRoute({ method, path, request }), handler)` */
function registerDescribed(reader: RouteReader, at: RouterCall): void {
  const [description, ...handlers] = at.call.getArguments()
  const route = description && describedRoute({ node: description, bindings: at.bindings }, reader)
  const method = route && verbs.get(route.method.toLowerCase())
  if (!route || !method) return
  const { path, schemas } = route
  reader.register({ at, methods: [method], paths: [path], handlers, schemas })
}
