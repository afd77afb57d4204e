import * as l10n from '@vscode/l10n'
import { mayBeRepeated, retryFix } from './missing-retry.ts'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf } from './site-rule.ts'

/** A request to another service that may never end. */
export const missingTimeout: Rule = {
  id: 'missing-timeout',
  severity: 'info',
  title: 'Request to another service without a timeout',
  docs: {
    what: 'Finds requests to other services (`fetch`, axios, got) that nothing ends when no answer comes.',
    why: 'Neither `fetch` nor axios gives up by itself. When the other service hangs, every request of yours that waits for it hangs too, holding its memory and its place in the connection pool, until the whole server stands still.',
    fineWhen: [
      'The request has a signal or a timeout, or its options come from elsewhere.',
      'The axios or got instance, or `axios.defaults`, has a timeout.',
    ],
    fixSafety:
      'Review: a request that took longer than the timeout used to succeed and now fails. Five seconds suit most services; language models and uploads need more.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'

const app = express()

app.get('/weather', async (req, res) => {
  const answer = await fetch('https://weather.example.com/today')
  res.json(await answer.json())
})
`,
      after: `import express from 'express'

const app = express()

app.get('/weather', async (req, res) => {
  const answer = await fetch('https://weather.example.com/today', { signal: AbortSignal.timeout(5000) })
  res.json(await answer.json())
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'outbound-call').flatMap((site) => {
      if (site.detail.hasTimeout) return []
      const { client, method } = site.detail
      const message =
        method === null
          ? l10n.t(
              'This request by {0} has no timeout: while the other service hangs, so do the callers of this one.',
              client,
            )
          : l10n.t(
              'This {0} request by {1} has no timeout: while the other service hangs, so do the callers of this one.',
              method,
              client,
            )
      const timeout = siteFix(site, 'add-timeout', l10n.t('Give up after 5 seconds'), 'review')
      const fixes = mayBeRepeated(site) ? [timeout, retryFix(site)] : [timeout]
      return [at(site, message, fixes)]
    }),
}
