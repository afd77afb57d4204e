import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf } from './site-rule.ts'

/** `forEach` that starts work and does not wait for it. */
export const asyncForeach: Rule = {
  id: 'async-foreach',
  severity: 'info',
  title: '`forEach` with an async callback',
  docs: {
    what: 'Finds `forEach` with an asynchronous callback.',
    why: '`forEach` ignores the promises that its callback returns. The code after it runs before the work is done, errors become unhandled rejections, and all items run at once however many there are.',
    fineWhen: ['The callback is synchronous, or the loop is `for…of` or `Promise.all(items.map(…))`.'],
    fixSafety:
      'Review: `for…of` waits for every item, one after the other; the answer comes later and errors reach the caller.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'
import { notify } from './mail.js'

const app = express()

app.post('/invitations', async (req, res) => {
  req.app.locals.guests.forEach(async (guest) => {
    await notify(guest)
  })
  res.status(202).end()
})
`,
      after: `import express from 'express'
import { notify } from './mail.js'

const app = express()

app.post('/invitations', async (req, res) => {
  for (const guest of req.app.locals.guests) {
    await notify(guest)
  }
  res.status(202).end()
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'async-for-each').flatMap((site) => {
      const message = l10n.t(
        'Nobody waits for this: `forEach` ignores the promises of its callback, and errors in it are lost.',
      )
      const title = l10n.t('Wait for every item with `for…of`')
      return [at(site, message, [siteFix(site, 'for-of', title, 'review')])]
    }),
}
