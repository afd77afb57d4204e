import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf } from './site-rule.ts'

/** A route that could be limited for every client. */
export const rateLimit: Rule = {
  id: 'rate-limit',
  severity: 'info',
  scaffold: true,
  title: 'Route without a rate limit',
  docs: {
    what: 'Offers a rate limit by client address for a route of Express: a token bucket of 60 requests a minute.',
    why: 'One client that asks without pause takes the time of all others, and guesses passwords as fast as the server answers.',
    fineWhen: [
      'A proxy, gateway or middleware in front limits clients.',
      'Only services of your own reach the route.',
    ],
    fixSafety:
      'Review: clients that ask more often get the status 429 with `Retry-After`. Each process counts by itself, and behind a proxy all clients have one address until `trust proxy` is set.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'

const app = express()

app.get('/hello', (req, res) => {
  res.send('hello')
})
`,
      after: `import express from 'express'
import type { IncomingMessage, ServerResponse } from 'node:http'

const requestsPerMinute = 60
const rateLimitedClients = 10_000
const rateLimits = new Map<string, { tokens: number; at: number }>()

// A token bucket for every client address of this process; behind a proxy, set Express’s trust proxy.
function limitRequests(
  request: IncomingMessage & { ip?: string | undefined },
  response: ServerResponse,
  next: () => void,
): void {
  const client = request.ip ?? request.socket.remoteAddress ?? ''
  const at = performance.now()
  const last = rateLimits.get(client) ?? { tokens: requestsPerMinute, at }
  const tokens = Math.min(requestsPerMinute, last.tokens + ((at - last.at) / 60_000) * requestsPerMinute)
  // Clients stand in the order of their last request, so that the one longest away is forgotten first.
  rateLimits.delete(client)
  rateLimits.set(client, { tokens: tokens < 1 ? tokens : tokens - 1, at })
  const [oldest] = rateLimits.keys()
  if (oldest !== undefined && rateLimits.size > rateLimitedClients) rateLimits.delete(oldest)
  if (tokens >= 1) return next()
  const seconds = Math.ceil(((1 - tokens) * 60) / requestsPerMinute)
  response.writeHead(429, { 'Retry-After': seconds, 'Content-Type': 'application/json' })
  response.end(JSON.stringify({ error: 'Too many requests' }))
}

const app = express()

app.get('/hello', limitRequests, (req, res) => {
  res.send('hello')
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'route-registration').flatMap((site) => {
      if (site.detail.framework !== 'express' || site.detail.limited) return []
      const title = l10n.t('Limit to 60 requests a minute by client address (clients beyond it get a 429)')
      const message = l10n.t('Clients may ask as often as they like.')
      return [at(site, message, [siteFix(site, 'rate-limit', title, 'review')])]
    }),
}
