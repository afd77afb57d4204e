import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf } from './site-rule.ts'

/** An `async` handler whose failure leaves the client waiting. */
export const unhandledAsync: Rule = {
  id: 'unhandled-async',
  severity: 'info',
  title: 'Rejected promise of a handler is not handled',
  docs: {
    what: 'Finds `async` handlers of Express 4 that await something outside any `try`, without a wrapper.',
    why: 'Express 4 ignores the promise that a handler returns. When an `await` in it fails, nobody answers the client, the request hangs until it times out, and the process may end with an unhandled rejection.',
    fineWhen: [
      'The handler catches its errors, or a wrapper such as `express-async-handler` hands them on.',
      'Express 5, Fastify, Koa, Hono, NestJS and Next.js wait for their handlers.',
    ],
    fixSafety: 'Safe: errors go to the error handler through `next`; what succeeds stays as it is.',
  },
  examples: [
    {
      title: 'Express',
      others: { 'package.json': '{ "dependencies": { "express": "^4.19.0" } }' },
      before: `import express from 'express'
import { load } from './store.js'

const app = express()

app.get('/report', async (req, res, next) => {
  res.json(await load())
})
`,
      after: `import express from 'express'
import { load } from './store.js'

const app = express()

app.get('/report', async (req, res, next) => {
  try {
    res.json(await load())
  } catch (error) {
    next(error)
  }
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'unhandled-rejection').flatMap((site) => {
      const message = l10n.t(
        'When this fails, Express 4 sends no answer: the request hangs, and the process may end.',
      )
      const title = l10n.t('Hand errors on to `next`')
      return [at(site, message, [siteFix(site, 'forward-errors', title, 'safe')])]
    }),
}
