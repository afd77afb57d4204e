import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, sitesOf } from './site-rule.ts'

/** Work for as many items as a client cares to send. */
export const unboundedFanout: Rule = {
  id: 'unbounded-fanout',
  severity: 'info',
  title: 'Unbounded work per request',
  docs: {
    what: 'Finds queries or requests to other services that run for every item of a list whose length the client chooses.',
    why: 'One request with a hundred thousand items keeps the connection pool busy for minutes, and nothing in the server says no.',
    fineWhen: [
      'Something limits the length: a schema, a check, `slice`, or batches of a fixed size.',
      'The list comes from the application, not from the client.',
    ],
    fixSafety: 'No fix: the limit depends on what clients need.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'

const app = express()

app.post('/reminders', async (req, res) => {
  const ids = req.body
  for (const id of ids) {
    await fetch(\`https://mail.example.com/\${id}\`, { method: 'POST', signal: AbortSignal.timeout(5000) })
  }
  res.status(202).end()
})
`,
      after: `import express from 'express'

const app = express()

app.post('/reminders', async (req, res) => {
  const ids = req.body
  if (ids.length > 100) return res.status(400).end()
  await fetch('https://mail.example.com/', {
    method: 'POST',
    body: JSON.stringify(ids),
    signal: AbortSignal.timeout(5000),
  })
  res.status(202).end()
})
`,
    },
  ],
  detect: (facts) => {
    // What a query in the loop costs, other rules say.
    const withQueries = new Set(facts.queries.flatMap(({ loops }) => loops.map(({ id }) => id)))
    return sitesOf(facts, 'fan-out').flatMap((site) => {
      const { items, loop, fromRequest, capped } = site.detail
      if (!fromRequest || capped || withQueries.has(loop)) return []
      const message = l10n.t(
        'Potentially unbounded: the client decides how many `{0}` there are, and each one costs a call.',
        items,
      )
      return [at(site, message)]
    })
  },
}
