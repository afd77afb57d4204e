import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf } from './site-rule.ts'

/** A handler that answers and then goes on. */
export const responseDoubleSend: Rule = {
  id: 'response-double-send',
  severity: 'info',
  title: 'Answer may be sent twice',
  docs: {
    what: 'Finds an answer that is sent in a branch without `return`, with code after it that sends another one.',
    why: 'The second answer throws "headers already sent", after the handler has done the work that the first one refused.',
    fineWhen: ['The branch returns or throws, or the rest stands in an `else`.'],
    fixSafety: 'Safe: `return` after the answer, as the code means it.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'

const app = express()

app.post('/echo', (req, res) => {
  if (!req.body) {
    res.status(400).send('empty')
  }
  res.send(req.body)
})
`,
      after: `import express from 'express'

const app = express()

app.post('/echo', (req, res) => {
  if (!req.body) {
    res.status(400).send('empty')
    return
  }
  res.send(req.body)
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'double-response').flatMap((site) => {
      const message = l10n.t('The handler goes on after this answer and sends another one.')
      const title = l10n.t('Return after the answer')
      return [at(site, message, [siteFix(site, 'return-after-response', title, 'safe')])]
    }),
}
