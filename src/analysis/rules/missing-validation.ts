import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf } from './site-rule.ts'

/** A request body that reaches the database as the client sent it. */
export const missingValidation: Rule = {
  id: 'missing-validation',
  severity: 'info',
  title: 'Request body is not validated',
  docs: {
    what: 'Finds handlers that write what a client sent without anything having looked at it.',
    why: 'Clients send what they like: a list of a million items, a price of zero, a field that nobody meant to be set. Without a check the first place that notices is the database, or nobody.',
    fineWhen: [
      'A schema of the route, a pipe, or a middleware validates the body.',
      'The handler parses or checks the body before it uses it.',
    ],
    fixSafety: 'Review: the scaffold is a schema that you complete; requests that do not fit get a 400.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.post('/users', async (req, res) => {
  await db('users').insert(req.body)
  res.status(201).end()
})
`,
      after: `import express from 'express'
import knex from 'knex'
import { z } from 'zod'

const db = knex({ client: 'pg' })
const app = express()
const newUser = z.object({ name: z.string().max(100), email: z.email() })

app.post('/users', async (req, res) => {
  await db('users').insert(newUser.parse(req.body))
  res.status(201).end()
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'raw-body-write').flatMap((site) => {
      const message = site.detail.whole
        ? l10n.t('The whole body is written without validation: any field, any type, any size.')
        : l10n.t('What the client sent is written without validation: any field, any type, any size.')
      const title = l10n.t('Validate the body with a schema (to be completed)')
      return [at(site, message, [siteFix(site, 'validate-body', title, 'review')])]
    }),
}
