import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trpc } from '../../src/analysis/typescript/frameworks/trpc.ts'
import { inputsOf, queriesOf, routesOf } from './framework-probe.ts'

const base = {
  'db.ts': `import { knex } from 'knex'\nexport const db = knex({ client: 'pg' })\n`,
  'trpc.ts': `import { initTRPC } from '@trpc/server'
import { db } from './db'
const inner = (session) => ({ session, db })
export const createTRPCContext = async (opts) => inner(await sessionOf(opts))
const t = initTRPC.context<typeof createTRPCContext>().create()
export const router = t.router
export const publicProcedure = t.procedure
const signedIn = t.middleware(async ({ ctx, next }) => {
  const user = await ctx.db('sessions').first()
  return next({ ctx: { user, store: { list: async () => db('stored') } } })
})
export const protectedProcedure = t.procedure.use(signedIn)
`,
}

test('tRPC: the context that createContext makes and middleware adds to is followed, in the middleware as well', () => {
  const files = {
    ...base,
    'root.ts': `import { protectedProcedure, publicProcedure, router } from './trpc'
import { latest } from './latest'
export const appRouter = router({
  posts: router({ list: publicProcedure.query(async ({ ctx }) => ctx.db('posts')) }),
  mine: protectedProcedure.mutation(async (opts) => { await opts.ctx.store.list(); return opts.ctx.db('mine') }),
  latest: publicProcedure.query(({ ctx: { db } }) => db('latest')),
  typed: publicProcedure.query(({ ctx }) => latest(ctx)),
})\n`,
    'latest.ts': `import type { createTRPCContext } from './trpc'
type Context = Awaited<ReturnType<typeof createTRPCContext>>
export const latest = async (ctx: Context) => ctx.db('typed')\n`,
  }
  assert.deepEqual(queriesOf(trpc, files), [
    'GET /trpc/posts.list: posts',
    'POST /trpc/mine: sessions',
    'POST /trpc/mine: stored',
    'POST /trpc/mine: mine',
    'GET /trpc/latest: latest',
    'GET /trpc/typed: typed',
  ])
})

test('tRPC: input is the query of queries and the body of mutations, with its schema', () => {
  const files = {
    ...base,
    'root.ts': `import { z } from 'zod'
import { publicProcedure, router } from './trpc'
const page = z.object({ limit: z.number() })
const paged = publicProcedure.input(page)
export const appRouter = router({
  list: paged.query(({ input, ctx }) => { read(input.limit, ctx.limit) }),
  add: publicProcedure.input(z.string()).mutation(async ({ input: name }) => { read(name) }),
  edit: paged.mutation(async (opts) => { const { limit } = opts.input; read(opts.input, opts.input.limit) }),
  take: paged.query(({ input: { limit } }) => { read(limit) }),
})\n`,
  }
  assert.deepEqual(inputsOf(trpc, files), [
    'input.limit: query.limit z.object',
    'ctx.limit: none',
    'name: body z.string',
    'opts.input: body z.object',
    'opts.input.limit: body.limit z.object',
    'limit: query.limit z.object',
  ])
})

test('tRPC: where routers are served', () => {
  const root = `import { publicProcedure, router } from './trpc'
import { lazy } from '@trpc/server'
export const appRouter = router({ 'a-b': publicProcedure.query(() => 1), late: lazy(() => import('./late')) })\n`
  const late = `import { publicProcedure, router } from './trpc'\nexport const lateRouter = router({ c: publicProcedure.mutation(() => 1) })\n`
  const served = (file: string, text: string): string[] =>
    routesOf(trpc, { ...base, 'root.ts': root, 'late.ts': late, [file]: text })
  assert.deepEqual(served('a.ts', ''), ['GET /trpc/a-b', 'POST /trpc/late.c'])
  const next = `import { createNextApiHandler } from '@trpc/server/adapters/next'
import { appRouter } from '../../../root'\nexport default createNextApiHandler({ router: appRouter })\n`
  assert.deepEqual(served('pages/api/rpc/[trpc].ts', next), ['GET /api/rpc/a-b', 'POST /api/rpc/late.c'])
  const fastify = `import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import { appRouter } from './root'
server.register(fastifyTRPCPlugin, { prefix: '/rpc', trpcOptions: { router: appRouter } })\n`
  assert.deepEqual(served('server.ts', fastify), ['GET /rpc/a-b', 'POST /rpc/late.c'])
})

test('tRPC: hooks of its clients and routers of other packages are no procedures', () => {
  const files = {
    'client.tsx': `import { api } from './api'\nexport const usePosts = () => api.posts.list.query({ limit: 1 })\n`,
    'router.ts': `import { router } from 'other'\nrouter({ list: router.query(() => 1) })\n`,
  }
  assert.deepEqual(routesOf(trpc, files), [])
})
