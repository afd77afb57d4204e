import { Node, type CallExpression, type SourceFile, type ts } from 'ts-morph'
import { httpMethods, type HttpMethod } from '../../../model/route.ts'
import { calleeName } from '../functions.ts'
import type { Program } from '../program.ts'
import { expressExamples } from './express/examples.ts'
import type { Framework } from './framework.ts'
import { handlersIn } from './reading/handlers.ts'
import { readsOf, type RequestShape } from './reading/request-input.ts'
import { parameterText } from './reading/request-query.ts'
import { schemasOf } from './reading/request-schemas.ts'
import { isCallOnParameter, isResponseParameter } from './reading/responses.ts'
import { RouteReader, type RouterCall } from './reading/route-reader.ts'

const application =
  /^(?:(?:new )?"(?:express|express-promise-router|express-async-router)"(?:\.default)?(?:\.(?:Router|AsyncRouter))?\(\)|new "express"\.Router|<"express(?:-serve-static-core)?"\.(?:Express|Application|Router|IRouter|core\.Express)>)$/
const verbs = new Map(httpMethods.map((method) => [method.toLowerCase(), method]))
const sendingMethods = new Set(['json', 'jsonp', 'send', 'render', 'end', 'write'])
const fluent = new Set([...verbs.keys(), 'use', 'route', 'set', 'enable', 'disable', 'param', 'engine'])

const request: RequestShape = {
  position: (fn) => (fn.getParameters().length === 4 ? 1 : 0),
  typed: /^<"express(?:-serve-static-core)?"\.(?:core\.)?Request>$/,
  parts: { query: 'query', body: 'body', params: 'parameters', headers: 'headers' },
  readers: { get: 'headers', header: 'headers' },
}

/** Express 4 and 5: applications and routers, mounted on each other across files. */
export const express: Framework = {
  id: 'express',
  mentioned: /['"]express[\w-]*['"]/,
  sendsReturnValue: false,
  examples: expressExamples,
  routes(program, resolver) {
    const reader = new RouteReader(program, resolver, { origins: application, fluent })
    for (const at of reader.callsOf('use')) mount(reader, at)
    for (const [verb, method] of verbs) for (const at of reader.callsOf(verb)) register(reader, at, method)
    return reader.routes()
  },
  sends: (call) => isCallOnParameter(call, sendingMethods),
  isResponse: isResponseParameter,
  awaitsHandlers(file, program) {
    const major = /\d+/.exec(program.dependencyVersion(file, 'express') ?? '')?.[0]
    if (major === undefined || Number(major) >= 5) return true
    return importsModule(program, 'express-async-errors')
  },
  requestInput(node, resolver) {
    return readsOf(node, request, resolver)
  },
  requestQuery(fn) {
    return parameterText(fn, { position: 0, name: 'req', property: 'query', add: false })
  },
}

function mount(reader: RouteReader, at: RouterCall): void {
  const [first, ...rest] = at.call.getArguments()
  if (!first) return
  const given = { node: first, bindings: at.bindings }
  const mountedFirst = reader.routersIn(given)
  const hasPath = mountedFirst.length === 0 && reader.isPath(given)
  const children = rest.flatMap((node) => reader.routersIn({ node, bindings: at.bindings }))
  reader.mount(at, [...mountedFirst, ...children], hasPath ? reader.paths.readAll(given) : [''])
}

/** `router.get('/path', …handlers)` or `router.route('/path').get(…handlers)`. */
function register(reader: RouteReader, at: RouterCall, method: HttpMethod): void {
  const { call, receiver, bindings } = at
  const route = routeCall(receiver)
  const args = call.getArguments()
  const path = route ? route.getArguments()[0] : args[0]
  const handlers = route ? [...guardsBefore(receiver), ...args] : args.slice(1)
  if (route && method === 'ALL' && areGuards(args, at, reader)) return
  if (!path || handlers.length === 0 || isPreflight(method, handlers, reader)) return
  reader.register({
    at,
    methods: [method],
    paths: reader.paths.readAll({ node: path, bindings }),
    handlers,
    schemas: schemasOf(handlers, reader.values.resolver),
  })
}

/** What `.all(…)` runs before the handlers that follow in one chain: `router.route('/path').all(authenticate).get(list)`. */
function guardsBefore(receiver: Node): Node[] {
  if (!Node.isCallExpression(receiver)) return []
  const callee = receiver.getExpression()
  if (!Node.isPropertyAccessExpression(callee)) return []
  const own = callee.getName() === 'all' ? receiver.getArguments() : []
  return [...guardsBefore(callee.getExpression()), ...own]
}

/** Whether handlers go on to the next one, so that they guard a route instead of answering it. */
function areGuards(handlers: readonly Node[], { bindings }: RouterCall, { values }: RouteReader): boolean {
  const functions = handlers.flatMap((node) => handlersIn({ node, bindings }, values))
  return functions.length > 0 && functions.every((fn) => fn.getParameters().length > 2)
}

/** `app.options('*', cors())` answers for the browser, not for the application. */
function isPreflight(method: HttpMethod, handlers: readonly Node[], { values }: RouteReader): boolean {
  return (
    method === 'OPTIONS' &&
    handlers.every((handler) => (values.resolver.origin(handler) ?? '').startsWith('"cors"'))
  )
}

/** The `.route('/path')` that a chain of `.get(…).post(…)` starts with. */
function routeCall(expression: Node): CallExpression | null {
  if (!Node.isCallExpression(expression)) return null
  const name = calleeName(expression) ?? ''
  if (name === 'route') return expression
  const callee = expression.getExpression()
  return verbs.has(name) && Node.isPropertyAccessExpression(callee) ? routeCall(callee.getExpression()) : null
}

/** Whether any file imports or requires a module for what it does when it is loaded. */
function importsModule(program: Program, module: string): boolean {
  return program.filesWith(module).some((file) => importsOf(file).has(module))
}

const imports = new WeakMap<ts.SourceFile, ReadonlySet<string>>()

function importsOf(file: SourceFile): ReadonlySet<string> {
  const known = imports.get(file.compilerNode)
  if (known) return known
  const specifiers = file.getFullText().matchAll(/\b(?:import|require\()\s*['"]([^'"\n]+)['"]/g)
  const found = new Set([...specifiers].map((match) => match[1] ?? ''))
  imports.set(file.compilerNode, found)
  return found
}
