import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, sitesOf } from './site-rule.ts'

/** A request that never gets an answer. */
export const responseHang: Rule = {
  id: 'response-hang',
  severity: 'info',
  title: 'Handler ends without an answer',
  docs: {
    what: 'Finds a handler that is left because of a check, while neither it nor the check sent an answer.',
    why: 'The client waits until its own timeout, and the connection stays open: a few such requests use up what the server and its proxy can hold.',
    fineWhen: ['The function that checks sends the answer itself.', 'The answer was sent before.'],
    fixSafety: 'No fix: which answer is right only you can say.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'

const app = express()

function isInvalid(req, res) {
  return req.headers.accept === undefined
}

app.get('/', (req, res) => {
  if (isInvalid(req, res)) return
  res.send('hello')
})
`,
      after: `import express from 'express'

const app = express()

function isInvalid(req, res) {
  return req.headers.accept === undefined
}

app.get('/', (req, res) => {
  if (isInvalid(req, res)) {
    res.status(406).end()
    return
  }
  res.send('hello')
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'missing-response').flatMap((site) => {
      const message = l10n.t(
        'The handler is left here without an answer: the client waits until it times out.',
      )
      return [at(site, message)]
    }),
}
