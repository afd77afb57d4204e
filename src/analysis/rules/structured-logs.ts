import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf } from './site-rule.ts'

/** An application that could log its requests as JSON. */
export const structuredLogs: Rule = {
  id: 'structured-logs',
  severity: 'info',
  scaffold: true,
  title: 'Requests without structured logs',
  docs: {
    what: 'Offers one JSON log line for every request of an Express application: id, method, path, status and milliseconds.',
    why: 'Under load, lines of many requests are mixed. An id that every line of a request carries, and that the client gets too, tells them apart.',
    fineWhen: [
      'The package logs with a library for it, such as pino, winston or morgan.',
      'A proxy in front logs the requests.',
    ],
    fixSafety:
      'Review: answers get the header `x-request-id`, and the standard output gets one line a request. The query of the address is left out, as it may hold secrets.',
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
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

const requestIds = new AsyncLocalStorage<string>()

// Writes one JSON line, with the id of the request during which it is called.
function logLine(fields: Record<string, unknown>): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), id: requestIds.getStore(), ...fields }))
}

// Gives every request an id, which is sent back, and logs its answer.
function logRequests(
  request: IncomingMessage & { originalUrl?: string },
  response: ServerResponse,
  next: () => void,
): void {
  const started = performance.now()
  const given = request.headers['x-request-id']
  // An id from outside is taken over only if it is short and can’t forge log lines.
  const id = typeof given === 'string' && /^[\\w.-]{1,64}$/.test(given) ? given : randomUUID()
  response.setHeader('x-request-id', id)
  // Without the query, which may hold secrets.
  const [path] = (request.originalUrl ?? request.url ?? '').split('?')
  response.once('close', () => {
    const status = response.writableFinished ? response.statusCode : 499
    logLine({ id, method: request.method, path, status, ms: Math.round(performance.now() - started) })
  })
  requestIds.run(id, next)
}

const app = express()
app.use(logRequests)

app.get('/hello', (req, res) => {
  res.send('hello')
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'application').flatMap((site) => {
      if (site.detail.framework !== 'express' || site.detail.logs) return []
      const title = l10n.t('Log requests as JSON with an id (answers get an x-request-id header)')
      const message = l10n.t('The requests of this application leave no log that can be searched.')
      return [at(site, message, [siteFix(site, 'structured-logs', title, 'review')])]
    }),
}
