import { Node } from 'ts-morph'
import { httpMethods, type HttpMethod } from '../../../model/route.ts'
import type { FunctionNode } from '../functions.ts'
import { fileOf } from '../program.ts'
import { fastifyExamples } from './fastify/examples.ts'
import { instanceReader } from './fastify/instances.ts'
import { pluginsOf } from './fastify/plugins.ts'
import type { Framework, RequestQuery, RouteDefinition } from './framework.ts'
import { readsOf, type RequestShape } from './reading/request-input.ts'
import { parameterText } from './reading/request-query.ts'
import { isCallOnParameter, isResponseParameter } from './reading/responses.ts'
import type { RouteReader, RouterCall } from './reading/route-reader.ts'
import type { Value } from './reading/values.ts'

const verbs = new Map(httpMethods.map((method) => [method.toLowerCase(), method]))
const hooks = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'handler']
const sendingMethods = new Set(['send', 'view'])

const request: RequestShape = {
  position: () => 0,
  typed: /^<"fastify"\.FastifyRequest>$/,
  parts: { query: 'query', body: 'body', params: 'parameters', headers: 'headers' },
  readers: {},
}

/** Fastify 4 and 5: plugins with prefixes, also loaded by folder; routes in full and short form. */
export const fastify: Framework = {
  id: 'fastify',
  mentioned: 'fastify',
  sendsReturnValue: true,
  examples: fastifyExamples,
  routes(program, resolver) {
    const reader = instanceReader(resolver)
    const { values, paths } = reader
    for (const at of reader.callsOf('register'))
      for (const { fn, prefix, options } of pluginsOf(at, { program, values, paths })) {
        const [child] = fn.getParameters()
        if (options) reader.contexts.giveOptions(fn, options)
        if (child) reader.mount(at, [{ made: child, owner: null, prefix: '' }], [prefix])
      }
    for (const [verb, method] of verbs)
      for (const at of reader.callsOf(verb)) registerShort(reader, at, method)
    for (const at of reader.callsOf('route')) registerFull(reader, at)
    return reader.routes()
  },
  sends: (call) => isCallOnParameter(call, sendingMethods),
  isResponse: isResponseParameter,
  awaitsHandlers: () => true,
  requestInput(node, resolver) {
    return readsOf(node, request, resolver)
  },
  requestQuery,
}

/** `fastify.get('/path', options?, handler)` */
function registerShort(reader: RouteReader, at: RouterCall, method: HttpMethod): void {
  const { call, bindings } = at
  const [path, ...rest] = call.getArguments()
  const [first] = rest
  if (!path || !first) return
  const given = { node: first, bindings }
  const options =
    rest.length > 1 || Node.isObjectLiteralExpression(reader.values.follow(given).node) ? given : null
  reader.register({
    at,
    methods: [method],
    paths: reader.paths.readAll({ node: path, bindings }),
    handlers: [
      ...(options ? hooksIn(options, reader) : []),
      ...rest.slice(options ? 1 : 0).map((node) => ({ node, bindings })),
    ],
    schemas: options ? schemasIn(options, reader) : null,
  })
}

/** `fastify.route({ method, url, schema, handler })` */
function registerFull(reader: RouteReader, at: RouterCall): void {
  const [given] = at.call.getArguments()
  if (!given) return
  const options = { node: given, bindings: at.bindings }
  const method = reader.values.member(options, 'method')
  const path = reader.values.member(options, 'url') ?? reader.values.member(options, 'path')
  if (!method || !path) return
  reader.register({
    at,
    methods: reader.paths.readAll(method).flatMap((name) => verbs.get(name.toLowerCase()) ?? []),
    paths: reader.paths.readAll(path),
    handlers: hooksIn(options, reader),
    schemas: schemasIn(options, reader),
  })
}

/** What the options of a route run, in order, the handler last. */
function hooksIn(options: Value, { values }: RouteReader): Value[] {
  return hooks.flatMap((name) => values.member(options, name) ?? [])
}

function schemasIn(options: Value, { values }: RouteReader): RouteDefinition['schemas'] | null {
  const schema = values.member(options, 'schema')
  if (!schema) return null
  const named = {
    query: values.member(schema, 'querystring') ?? values.member(schema, 'query'),
    body: values.member(schema, 'body'),
    parameters: values.member(schema, 'params'),
    headers: values.member(schema, 'headers'),
  }
  const schemas: { -readonly [Part in keyof typeof named]?: Node } = {}
  for (const part of ['query', 'body', 'parameters', 'headers'] as const) {
    const value = named[part]
    if (value) schemas[part] = value.node
  }
  return Object.keys(schemas).length > 0 ? schemas : null
}

/** A query that a schema or a type describes holds nothing else; without one, TypeScript knows nothing of it. */
function requestQuery(fn: FunctionNode): RequestQuery | null {
  const reach = parameterText(fn, { position: 0, name: 'request', property: 'query', add: true })
  const call = fn.getParent()
  const parameterType = fn.getParameters()[0]?.getTypeNode()
  const isDescribed =
    (Node.isCallExpression(call) &&
      (call.getTypeArguments().length > 0 || /\bquery(?:string)?\s*:/.test(optionsText(call)))) ||
    (Node.isTypeReference(parameterType) && parameterType.getTypeArguments().length > 0)
  if (!reach || isDescribed) return null
  if (!/\.[cm]?tsx?$/.test(fileOf(fn))) return reach
  return { ...reach, text: `(${reach.text} as { limit?: string; offset?: string })` }
}

function optionsText(call: Node): string {
  if (!Node.isCallExpression(call)) return ''
  const options = call.getArguments()[1]
  return Node.isObjectLiteralExpression(options) ? options.getText() : ''
}
