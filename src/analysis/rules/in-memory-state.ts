import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, sitesOf } from './site-rule.ts'

/** State that belongs to one process though several answer requests. */
export const inMemoryState: Rule = {
  id: 'in-memory-state',
  severity: 'info',
  title: 'State of requests kept in memory',
  docs: {
    what: 'Finds variables of a module, or fields of a long-lived object, that start empty and that requests fill.',
    why: 'Every process has its own copy, so a second instance behind a load balancer answers differently; a restart loses it; and what only grows ends in an out-of-memory crash.',
    fineWhen: ['It is a cache: losing it costs time only.', 'It is filled once, when the server starts.'],
    fixSafety: 'No fix: such state belongs in the database or in a store that all processes share.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'

const app = express()
const votes = new Map()

app.post('/votes/:option', (req, res) => {
  votes.set(req.params.option, (votes.get(req.params.option) ?? 0) + 1)
  res.status(204).end()
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.post('/votes/:option', async (req, res) => {
  await db('votes').where({ option: req.params.option }).increment('count', 1)
  res.status(204).end()
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'module-state').flatMap((site) => {
      const { name, bounded } = site.detail
      const message = bounded
        ? l10n.t(
            "Requests change `{0}` in the memory of one process: others don't see it, a restart loses it.",
            name,
          )
        : l10n.t(
            "Requests change `{0}` in the memory of one process: others don't see it, a restart loses it, and it only grows.",
            name,
          )
      return [at(site, message)]
    }),
}
