import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf } from './site-rule.ts'

/** A call that stops the whole server while a request is answered. */
export const blockingCall: Rule = {
  id: 'blocking-call',
  severity: 'info',
  title: 'Blocking call while answering a request',
  docs: {
    what: 'Finds synchronous functions of the file system, cryptography, compression and child processes that run while a request is answered.',
    why: 'JavaScript has one thread. While it waits for a disk or computes a password hash, no other request is answered: ten log-ins of 100 ms each are a second in which the server is dead.',
    fineWhen: [
      'It runs once, when the server starts.',
      'It is a single quick system call, as `existsSync` is.',
    ],
    fixSafety:
      'Safe: the promise form of the same function, awaited; offered only inside functions that are asynchronous already.',
  },
  examples: [
    {
      title: 'Express',
      before: `import { readFileSync } from 'node:fs'
import express from 'express'

const app = express()

app.get('/terms', async (req, res) => {
  res.send(readFileSync('terms.html', 'utf8'))
})
`,
      after: `import { readFile } from 'node:fs/promises'
import express from 'express'

const app = express()

app.get('/terms', async (req, res) => {
  res.send(await readFile('terms.html', 'utf8'))
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'blocking-call').flatMap((site) => {
      const { api, hasPromiseForm } = site.detail
      const message = l10n.t(
        'Blocking: `{0}` holds the only thread, and all other requests wait until it is done.',
        api,
      )
      const fixes = hasPromiseForm
        ? [siteFix(site, 'promise-form', l10n.t('Use the promise form of this call'), 'safe')]
        : []
      return [at(site, message, fixes)]
    }),
}
