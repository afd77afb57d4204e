import { Node, type CallExpression } from 'ts-morph'
import { httpMethods, type HttpMethod } from '../../../model/route.ts'
import { fileOf } from '../program.ts'
import { calleeName, isFunction, type FunctionNode } from '../functions.ts'
import type { Resolver } from '../resolver.ts'
import type { Framework, RouteDefinition } from './framework.ts'

const application =
  /^(?:(?:new )?"express"(?:\.default)?(?:\.Router)?\(\)|new "express"\.Router|<"express"\.(?:Express|Application|Router|IRouter)>)$/
const verbs = new Map(httpMethods.map((method) => [method.toLowerCase(), method]))
const sendingMethods = new Set(['json', 'jsonp', 'send', 'render', 'end', 'write'])

/** Express 4 and 5: applications and routers, mounted on each other across files. */
export const express: Framework = {
  id: 'express',
  sendsReturnValue: false,
  examples: [
    {
      files: {
        'app.ts': `import express from 'express'
import { users } from './users.js'
const app = express()
app.get('/health', (req, res) => { res.send('ok') })
app.use('/api/users', users)
`,
        'users.ts': `import { Router } from 'express'
export const users = Router()
const list = async (req, res) => { res.json([]) }
users.get('/', list)
users.route('/:id(\\\\d+)').get(authenticate, list).delete(list)
function authenticate(req, res, next) { next() }
`,
      },
      routes: ['GET /health', 'GET /api/users', 'GET /api/users/:id', 'DELETE /api/users/:id'],
    },
    {
      files: {
        'index.js': `const express = require('express')
const app = express()
const wrap = (fn) => (req, res, next) => fn(req, res, next).catch(next)
app.use('/v1', require('./routes'))
app.post('/login', wrap(async (req, res) => res.json({})))
`,
        'routes/index.js': `const router = require('express').Router()
router.all(['/a', '/b'], (req, res) => res.end())
module.exports = router
`,
      },
      routes: ['POST /login', 'ALL /v1/a', 'ALL /v1/b'],
    },
  ],
  routes(program, resolver) {
    const calls = [...verbs.keys()].flatMap((verb) => program.applicationCallsNamed(verb))
    const registrations = calls.flatMap((call) => registrationOf(call, resolver) ?? [])
    const mounts = program.applicationCallsNamed('use').flatMap((call) => mountsOf(call, resolver))
    return registrations.flatMap(({ method, paths, router, ...place }) =>
      prefixesOf(router, mounts, new Set()).flatMap((prefix) =>
        paths.map((path): RouteDefinition => ({ ...place, method, path: joinPath(prefix, path) })),
      ),
    )
  },
  sends(call) {
    const callee = call.getExpression()
    if (!Node.isPropertyAccessExpression(callee) || !sendingMethods.has(callee.getName())) return false
    return Node.isParameterDeclaration(rootOf(callee)?.getSymbol()?.getValueDeclaration())
  },
  requestQuery(fn) {
    const request = fn.getParameters()[0]
    const name = request?.getNameNode()
    if (!Node.isIdentifier(name)) return null
    const text = name.getText()
    const plain = text.replace(/^_+/, '') || 'req'
    const isUnused = !fn.getBodyText()?.match(new RegExp(`\\b(?:${text}|${plain})\\b`))
    if (text === plain || !isUnused) return { text: `${text}.query`, edits: [] }
    const edit = { file: fileOf(fn), start: name.getStart(), end: name.getEnd(), text: plain }
    return { text: `${plain}.query`, edits: [edit] }
  },
}

interface Registration {
  readonly method: HttpMethod
  readonly paths: readonly string[]
  readonly start: Node
  readonly end: Node
  readonly router: Node
  readonly functions: readonly FunctionNode[]
}

interface Mount {
  readonly parent: Node
  readonly child: Node
  readonly prefix: string
}

/** `router.get('/path', …handlers)` or `router.route('/path').get(…handlers)`. */
function registrationOf(call: CallExpression, resolver: Resolver): Registration | null {
  const method = verbs.get(calleeName(call) ?? '')
  const callee = call.getExpression()
  if (!method || !Node.isPropertyAccessExpression(callee)) return null
  const args = call.getArguments()
  const route = routeCall(callee.getExpression())
  const receiver = route ? route.getExpression() : callee
  const router = Node.isPropertyAccessExpression(receiver)
    ? routerOf(receiver.getExpression(), resolver)
    : null
  const path = route ? route.getArguments()[0] : args[0]
  const handlers = route ? args : args.slice(1)
  if (!router || !path || handlers.length === 0) return null
  const functions = handlers.flatMap((handler) => handlersIn(handler, resolver))
  return { method, paths: pathsIn(path, resolver), start: callee.getNameNode(), end: call, router, functions }
}

/** The `.route('/path')` that a chain of `.get(…).post(…)` starts with. */
function routeCall(expression: Node): CallExpression | null {
  if (!Node.isCallExpression(expression)) return null
  const name = calleeName(expression) ?? ''
  if (name === 'route') return expression
  const callee = expression.getExpression()
  return verbs.has(name) && Node.isPropertyAccessExpression(callee) ? routeCall(callee.getExpression()) : null
}

function mountsOf(call: CallExpression, resolver: Resolver): Mount[] {
  const callee = call.getExpression()
  if (calleeName(call) !== 'use' || !Node.isPropertyAccessExpression(callee)) return []
  const parent = routerOf(callee.getExpression(), resolver)
  if (!parent) return []
  const [first, ...rest] = call.getArguments()
  const mountedFirst = first ? routerOf(first, resolver) : null
  const prefixes = first && !mountedFirst ? pathsIn(first, resolver) : ['']
  const children = [mountedFirst, ...rest.flatMap(elementsOf).map((argument) => routerOf(argument, resolver))]
  return children.flatMap((child) => (child ? prefixes.map((prefix) => ({ parent, child, prefix })) : []))
}

/** The node that made the router or application behind an expression. */
function routerOf(expression: Node, resolver: Resolver): Node | null {
  if (!application.test(resolver.origin(expression) ?? '')) return null
  const node = resolver.instance(expression)
  if (!Node.isParameterDeclaration(node)) return node
  const fn = node.getParent()
  if (!isFunction(fn)) return node
  const argument = resolver.callersOf(fn)[0]?.getArguments()[fn.getParameters().indexOf(node)]
  return argument && argument !== expression ? (routerOf(argument, resolver) ?? node) : node
}

function prefixesOf(router: Node, mounts: readonly Mount[], seen: ReadonlySet<Node>): string[] {
  const parents = mounts.filter((mount) => mount.child === router && !seen.has(mount.parent))
  if (parents.length === 0) return ['']
  const below = new Set([...seen, router])
  return parents.flatMap(({ parent, prefix }) =>
    prefixesOf(parent, mounts, below).map((above) => `${above}/${prefix}`),
  )
}

function handlersIn(expression: Node, resolver: Resolver): FunctionNode[] {
  if (Node.isArrayLiteralExpression(expression))
    return expression.getElements().flatMap((element) => handlersIn(element, resolver))
  const functions = resolver.functions(expression)
  if (functions.length > 0) return [...functions]
  const node = resolver.definition(expression)
  return Node.isCallExpression(node)
    ? node.getArguments().flatMap((argument) => handlersIn(argument, resolver))
    : []
}

function elementsOf(expression: Node): Node[] {
  return Node.isArrayLiteralExpression(expression) ? expression.getElements() : [expression]
}

function pathsIn(expression: Node, resolver: Resolver): string[] {
  return elementsOf(expression).map((element) => textOf(element, resolver))
}

/** A path as far as it is known: what is computed is written as a parameter. */
function textOf(expression: Node, resolver: Resolver): string {
  const node = resolver.definition(expression)
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)) return node.getLiteralValue()
  if (Node.isRegularExpressionLiteral(node)) return node.getText()
  if (Node.isTemplateExpression(node)) {
    const spans = node.getTemplateSpans()
    return (
      node.getHead().getLiteralText() +
      spans
        .map((span) => textOf(span.getExpression(), resolver) + span.getLiteral().getLiteralText())
        .join('')
    )
  }
  if (Node.isBinaryExpression(node))
    return textOf(node.getLeft(), resolver) + textOf(node.getRight(), resolver)
  return isFunction(node) ? '' : `:${expression.getText().replace(/\W+/g, '_')}`
}

/** One path with single slashes, no trailing slash, and parameters without patterns. */
function joinPath(prefix: string, path: string): string {
  const joined = `${prefix}/${path}`.replace(/(:\w+)\([^)]*\)/g, '$1').replace(/\/+/g, '/')
  return joined.length > 1 ? joined.replace(/\/$/, '') : joined
}

/** The first identifier of `res.status(200).json`. */
function rootOf(expression: Node): Node | null {
  if (Node.isPropertyAccessExpression(expression) || Node.isCallExpression(expression))
    return rootOf(expression.getExpression())
  return Node.isIdentifier(expression) ? expression : null
}
