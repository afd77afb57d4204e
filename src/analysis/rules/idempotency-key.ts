import * as l10n from '@vscode/l10n'
import type { Facts } from '../facts.ts'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf, type SiteOf } from './site-rule.ts'

/** A route that inserts rows and could recognise repeated requests. */
export const idempotencyKey: Rule = {
  id: 'idempotency-key',
  severity: 'info',
  scaffold: true,
  title: 'Inserting route without idempotency keys',
  docs: {
    what: 'Offers to answer repeated requests as the first time, for a POST route of Express that inserts rows: the client sends the same `Idempotency-Key` header again.',
    why: 'Clients and proxies repeat requests whose answer got lost, most of all under load. Without a key each repetition inserts its rows once more.',
    fineWhen: [
      'A unique constraint refuses the second row.',
      'Repeated rows do no harm, as with log entries.',
    ],
    fixSafety:
      'Review: only requests with the header are treated differently. Answers are kept for 24 hours in the memory of one process, at most 10,000 of them; several processes need a store that they share.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.post('/orders', express.json(), async (req, res) => {
  await db('orders').insert({ product: Number(req.body.product) })
  res.status(201).json({ done: true })
})
`,
      after: `import express from 'express'
import knex from 'knex'
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

interface FirstAnswer {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array
}

const repeatableForMs = 24 * 60 * 60 * 1000
const repeatableAnswers = 10_000
const answersByKey = new Map<string, { body: string; until: number; answer: Promise<FirstAnswer | null> }>()

// Gives a repeated request (same Idempotency-Key, client and body) the first one’s answer and doesn’t carry it out again.
// The answers are in this process’s memory: several processes need a store that they share, such as Redis.
async function answerOnce(
  request: IncomingMessage & { originalUrl?: string },
  response: ServerResponse,
  next: () => void,
): Promise<void> {
  const { method, originalUrl, headers } = request
  const key = headers['idempotency-key']
  if (typeof key !== 'string' || key.length > 200) return next()
  const id = hashOf([method, originalUrl, headers.authorization ?? headers.cookie, key])
  const body = hashOf(Reflect.get(request, 'body'))
  const first = answersByKey.get(id)
  if (first && first.until > Date.now()) {
    if (first.body !== body) return void response.writeHead(422).end('This Idempotency-Key had another body.')
    const answer = await first.answer
    if (answer) return void response.writeHead(answer.status, answer.headers).end(answer.body)
    return void response.writeHead(409).end('The first request with this Idempotency-Key failed; repeat it.')
  }
  let settle: (answer: FirstAnswer | null) => void = () => {}
  const answer = new Promise<FirstAnswer | null>((resolve) => (settle = resolve))
  answersByKey.delete(id)
  answersByKey.set(id, { body, until: Date.now() + repeatableForMs, answer })
  const [oldest] = answersByKey.keys()
  if (oldest !== undefined && answersByKey.size > repeatableAnswers) answersByKey.delete(oldest)
  const end = response.end
  response.end = (...args: unknown[]) => {
    const [sent] = args
    // Only a whole answer that reports success is kept; after a failure, the request may be carried out again.
    const isKept = response.statusCode < 400 && !response.headersSent
    if (!isKept) answersByKey.delete(id)
    const names = ['content-type', 'location'].filter((name) => response.hasHeader(name))
    const kept = Object.fromEntries(names.map((name) => [name, String(response.getHeader(name))]))
    const whole = typeof sent === 'string' || sent instanceof Uint8Array ? sent : ''
    settle(isKept ? { status: response.statusCode, headers: kept, body: whole } : null)
    return end.apply(response, args as Parameters<typeof end>)
  }
  next()
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value) ?? '').digest('hex')
}

const db = knex({ client: 'pg' })
const app = express()

app.post('/orders', express.json(), answerOnce, async (req, res) => {
  await db('orders').insert({ product: Number(req.body.product) })
  res.status(201).json({ done: true })
})
`,
    },
  ],
  detect(facts) {
    const inserting = insertingHandlers(facts)
    return sitesOf(facts, 'route-registration').flatMap((site) => {
      if (!site.handlers.some((handler) => inserting.has(handler)) || !isOffered(site)) return []
      const title = l10n.t('Honour Idempotency-Key (repeated requests get the first answer again)')
      const message = l10n.t('A repeated request inserts its rows once more.')
      return [at(site, message, [siteFix(site, 'idempotency-key', title, 'review')])]
    })
  },
}

/** The ids of the handlers of POST routes that insert rows. */
function insertingHandlers({ handlers, queries }: Facts): ReadonlySet<string> {
  const posts = new Set(handlers.flatMap(({ id, route }) => (route.method === 'POST' ? [id] : [])))
  const inserts = queries.filter(({ operation }) => operation === 'insert')
  return new Set(inserts.flatMap(({ handler }) => (posts.has(handler) ? [handler] : [])))
}

function isOffered({ detail }: SiteOf<'route-registration'>): boolean {
  return detail.framework === 'express' && !detail.repeatable
}
