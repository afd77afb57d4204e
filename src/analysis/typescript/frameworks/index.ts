import { express } from './express.ts'
import { fastify } from './fastify.ts'
import type { Framework } from './framework.ts'
import { hono } from './hono.ts'
import { koa } from './koa.ts'
import { nest } from './nest.ts'
import { next } from './next.ts'
import { trpc } from './trpc.ts'

/** All web frameworks whose routes are found. */
export const frameworks = [
  fastify,
  express,
  koa,
  hono,
  nest,
  next,
  trpc,
] as const satisfies readonly Framework[]
