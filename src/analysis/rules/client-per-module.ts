import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, sitesOf } from './site-rule.ts'

/** More connection pools than the database has connections for. */
export const clientPerModule: Rule = {
  id: 'client-per-module',
  severity: 'info',
  title: 'Second database client',
  docs: {
    what: 'Finds a database client that is made for every call or object, or in a second module beside the one that is there for it.',
    why: 'Every client has a connection pool of its own. Ten of them with ten connections each reach the limit of a small database server before the first load test.',
    fineWhen: [
      'One module makes the client, and all others import it.',
      'Development servers keep it in `globalThis`.',
    ],
    fixSafety: 'No fix: import the client that is already there.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'
import knex from 'knex'

const app = express()

app.get('/users/:id', async (req, res) => {
  const db = knex({ client: 'pg' })
  res.json(await db('users').where({ id: req.params.id }).first())
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/users/:id', async (req, res) => {
  res.json(await db('users').where({ id: req.params.id }).first())
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'client-made').flatMap((site) => {
      const { client, where } = site.detail
      if (where === 'own-module') return []
      const message =
        where === 'per-call'
          ? l10n.t(
              '`{0}` is made here again and again, each with a connection pool of its own: share one.',
              client,
            )
          : l10n.t(
              '`{0}` is made a second time in this package, each with a connection pool of its own: share one.',
              client,
            )
      return [at(site, message)]
    }),
}
