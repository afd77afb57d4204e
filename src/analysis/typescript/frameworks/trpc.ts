import { Node, type CallExpression } from 'ts-morph'
import type { HttpMethod } from '../../../model/route.ts'
import { calleeName, isFunction, returnedExpressions, symbolOf, type FunctionNode } from '../functions.ts'
import type { Program } from '../program.ts'
import type { Resolver } from '../resolver.ts'
import type { Framework, RequestInput, RouteDefinition } from './framework.ts'
import { isProcedure, procedureCallOf } from './trpc/context.ts'
import { TrpcEndpoints } from './trpc/endpoints.ts'

const methods = new Map<string, HttpMethod>([
  ['query', 'GET'],
  ['mutation', 'POST'],
  ['subscription', 'GET'],
])
const making = /^"@trpc\/server"\.initTRPC\b.*\.create\(\)\.(router|mergeRouters)$/

/** tRPC 10 and 11: procedures in nested and merged routers, under the path at which the application serves them. */
export const trpc: Framework = {
  id: 'trpc',
  mentioned: '@trpc/server',
  sendsReturnValue: true,
  examples: [
    {
      files: {
        'server/trpc.ts': `import { initTRPC } from '@trpc/server'
const t = initTRPC.context<Context>().create()
export const createTRPCRouter = t.router
export const publicProcedure = t.procedure
const isSignedIn = t.middleware(({ ctx, next }) => next({ ctx }))
export const protectedProcedure = t.procedure.use(isSignedIn)
`,
        'server/posts.ts': `import { z } from 'zod'
import { createTRPCRouter, protectedProcedure, publicProcedure } from './trpc'
const remove = protectedProcedure.input(z.number()).mutation(async ({ input }) => input)
export const postRouter = createTRPCRouter({
  list: publicProcedure.input(z.object({ limit: z.number().max(50) })).query(({ input }) => []),
  remove,
})
`,
        'server/root.ts': `import { createTRPCRouter, publicProcedure } from './trpc'
import { postRouter } from './posts'
export const appRouter = createTRPCRouter({ post: postRouter, health: publicProcedure.query(() => 'ok') })
`,
        'app/api/trpc/[trpc]/route.ts': `import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { appRouter } from '~/server/root'
const handler = (req) => fetchRequestHandler({ endpoint: '/api/trpc', req, router: appRouter })
export { handler as GET, handler as POST }
`,
      },
      routes: ['GET /api/trpc/post.list', 'POST /api/trpc/post.remove', 'GET /api/trpc/health'],
    },
    {
      files: {
        'index.ts': `import express from 'express'
import { initTRPC } from '@trpc/server'
import * as trpcExpress from '@trpc/server/adapters/express'
const t = initTRPC.create()
const { procedure, router, mergeRouters } = t
const users = router({ byId: procedure.query(({ input }) => input) })
const notes = router({ notes: { add: procedure.mutation(() => 1) } })
const appRouter = mergeRouters(router({ users }), notes)
const app = express()
app.use('/rpc', trpcExpress.createExpressMiddleware({ router: appRouter }))
`,
      },
      routes: ['GET /rpc/users.byId', 'POST /rpc/notes.add'],
    },
  ],
  routes(program, resolver) {
    const routers = new Routers(program, resolver)
    const endpoints = new TrpcEndpoints(program, resolver)
    return routers.roots().flatMap((root) => {
      const endpoint = endpoints.of(root)
      return routers
        .proceduresOf(root)
        .flatMap(({ name, call }) => routeOf(`${endpoint}/${name}`, call, resolver) ?? [])
    })
  },
  sends: () => false,
  awaitsHandlers: () => true,
  requestInput: inputAt,
  requestQuery: () => null,
}

interface Procedure {
  readonly name: string
  /** The `.query(…)` or `.mutation(…)` that ends the procedure. */
  readonly call: CallExpression
}

/** The routers of a program, and what is in them. */
class Routers {
  readonly #resolver: Resolver
  readonly #calls: readonly CallExpression[]

  constructor(program: Program, resolver: Resolver) {
    this.#resolver = resolver
    const names = new Set(['router', 'createTRPCRouter', 'mergeRouters', 'createRouter'])
    for (const method of methods.keys())
      for (const call of program.applicationCallsNamed(method)) {
        const around = call.getFirstAncestor(Node.isCallExpression)
        if (around && isProcedure(call.getExpression(), resolver)) names.add(calleeName(around) ?? '')
      }
    this.#calls = [...names]
      .flatMap((name) => [...program.applicationCallsNamed(name)])
      .filter((call) => making.test(resolver.origin(call.getExpression()) ?? ''))
  }

  /** The routers that are in no other. */
  roots(): CallExpression[] {
    const inner = new Set(this.#calls.flatMap((call) => this.#held(call)))
    return this.#calls.filter((call) => !inner.has(call))
  }

  /** What stands in a router, also in its plain objects and behind `lazy`. */
  #held(node: Node, depth = 0): Node[] {
    return this.#contents(node).flatMap(({ value }) => {
      const isRouter = Node.isCallExpression(value) && this.#calls.includes(value)
      return isRouter || depth > 4 ? [value] : [value, ...this.#held(value, depth + 1)]
    })
  }

  /** All procedures of a router with their full names: `post.list`. */
  proceduresOf(router: Node, depth = 0): Procedure[] {
    if (depth > 8) return []
    return this.#contents(router).flatMap(({ name, value }): Procedure[] => {
      if (Node.isCallExpression(value) && methods.has(calleeName(value) ?? ''))
        return isProcedure(value.getExpression(), this.#resolver) ? [{ name, call: value }] : []
      const nested = this.proceduresOf(value, depth + 1)
      return name === '' ? nested : nested.map((one) => ({ ...one, name: `${name}.${one.name}` }))
    })
  }

  /** What a router or a plain object of procedures holds by name; what is merged in has no name of its own. */
  #contents(node: Node): { name: string; value: Node }[] {
    if (Node.isObjectLiteralExpression(node)) return this.#properties(node)
    if (!Node.isCallExpression(node)) return []
    const kind = making.exec(this.#resolver.origin(node.getExpression()) ?? '')?.[1]
    if (kind === 'mergeRouters')
      return node.getArguments().map((argument) => ({ name: '', value: this.#resolver.instance(argument) }))
    const [content] = node.getArguments()
    if (kind === 'router' && content) return this.#contents(this.#resolver.definition(content))
    return this.#lazy(node)
  }

  #properties(object: Node): { name: string; value: Node }[] {
    if (!Node.isObjectLiteralExpression(object)) return []
    return object.getProperties().flatMap((property) => {
      if (Node.isSpreadAssignment(property))
        return [{ name: '', value: this.#resolver.definition(property.getExpression()) }]
      if (Node.isShorthandPropertyAssignment(property))
        return [{ name: property.getName(), value: this.#resolver.instance(property.getNameNode()) }]
      const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
      if (!Node.isPropertyAssignment(property) || !value) return []
      const name = property.getName().replace(/^(['"])(.*)\1$/, '$2')
      return [{ name, value: this.#resolver.instance(value) }]
    })
  }

  /** `lazy(() => import('./posts'))` is the one router that the module exports. */
  #lazy(node: CallExpression): { name: string; value: Node }[] {
    const [load] = node.getArguments()
    if (this.#resolver.origin(node.getExpression()) !== '"@trpc/server".lazy' || !isFunction(load)) return []
    const [loaded] = returnedExpressions(load)
    const file = Node.isCallExpression(loaded) ? this.#resolver.module(loaded) : null
    const routers = this.#calls.filter((call) => call.getSourceFile() === file)
    return routers.slice(-1).map((value) => ({ name: '', value }))
  }
}

function routeOf(path: string, call: CallExpression, resolver: Resolver): RouteDefinition | null {
  const method = methods.get(calleeName(call) ?? '')
  const [handler] = call.getArguments()
  if (!method || !handler) return null
  const links = chainOf(call, resolver)
  const middleware = links
    .filter(({ name }) => name === 'use')
    .flatMap(({ argument }) => middlewareIn(argument, resolver))
  const functions = [...middleware, ...resolver.functions(handler)]
  const schema = schemaOf(call, resolver)
  const part = method === 'GET' ? 'query' : 'body'
  return { method, path, start: call, end: call, functions, ...(schema && { schemas: { [part]: schema } }) }
}

/** The calls that a procedure is built of, `t.procedure.use(a).input(b)`, first call first, through variables. */
function chainOf(call: CallExpression, resolver: Resolver): { name: string; argument: Node }[] {
  const links: { name: string; argument: Node }[] = []
  let node: Node = call
  for (let steps = 0; Node.isCallExpression(node) && steps < 20; steps++) {
    const callee: Node = node.getExpression()
    if (!Node.isPropertyAccessExpression(callee)) break
    const [argument] = node.getArguments()
    if (argument) links.unshift({ name: callee.getName(), argument })
    node = resolver.instance(callee.getExpression())
  }
  return links
}

/** The function of a middleware: given directly, or made with `t.middleware(fn)`. */
function middlewareIn(argument: Node, resolver: Resolver): readonly FunctionNode[] {
  const functions = resolver.functions(argument)
  if (functions.length > 0) return functions
  const node = resolver.instance(argument)
  const given = Node.isCallExpression(node) ? node.getArguments() : []
  return given.flatMap((one) => [...resolver.functions(one)])
}

function schemaOf(call: CallExpression, resolver: Resolver): Node | null {
  const given = chainOf(call, resolver).findLast(({ name }) => name === 'input')?.argument
  return given ? resolver.definition(given) : null
}

/** `input` as a procedure's function takes it out of its parameter, or a name taken out of it in turn. */
function inputAt(node: Node, resolver: Resolver): RequestInput | null {
  if (Node.isPropertyAccessExpression(node)) {
    const whole = inputAt(node.getExpression(), resolver)
    if (whole) return whole.name === null ? { ...whole, name: node.getName() } : null
    return node.getName() === 'input' ? inputOf(resolver.definition(node.getExpression()), resolver) : null
  }
  const [declared] = Node.isIdentifier(node) ? (symbolOf(node)?.getDeclarations() ?? []) : [node]
  if (!Node.isBindingElement(declared)) return null
  const name = (declared.getPropertyNameNode() ?? declared.getNameNode()).getText()
  const owner = declared.getParent().getParent()
  if (name === 'input' && Node.isParameterDeclaration(owner)) return inputOf(owner, resolver)
  const outer = Node.isBindingElement(owner) ? inputAt(owner, resolver) : null
  return outer?.name === null ? { ...outer, name } : null
}

function inputOf(parameter: Node, resolver: Resolver): RequestInput | null {
  const call = procedureCallOf(parameter, resolver)
  const method = call ? methods.get(calleeName(call) ?? '') : undefined
  if (!call || !method) return null
  return { part: method === 'GET' ? 'query' : 'body', name: null, schema: schemaOf(call, resolver) }
}
