import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf } from './site-rule.ts'

/** A query whose promise is taken for its result, or forgotten. */
export const missingAwait: Rule = {
  id: 'missing-await',
  severity: 'info',
  title: 'Query without `await`',
  docs: {
    what: 'Finds a query whose promise is used as if it were the rows, and a query that nobody waits for.',
    why: 'A promise is always truthy and has none of the fields of a row, so checks pass that should fail. A query that nobody waits for fails unseen, and some libraries never even start it.',
    fineWhen: [
      'The promise is awaited, returned, given to `Promise.all`, or has a `catch` of its own.',
      '`void` says that nobody is meant to wait.',
    ],
    fixSafety: 'Review: with `await` the code does what it says, which it did not before.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.delete('/posts/:id', async (req, res) => {
  const post = db('posts').where({ id: req.params.id }).first()
  if (!post) return res.status(404).end()
  await db('posts').where({ id: req.params.id }).del()
  res.status(204).end()
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.delete('/posts/:id', async (req, res) => {
  const post = await db('posts').where({ id: req.params.id }).first()
  if (!post) return res.status(404).end()
  await db('posts').where({ id: req.params.id }).del()
  res.status(204).end()
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'unawaited-query').flatMap((site) => {
      const message = site.detail.usedAsValue
        ? l10n.t('This is a promise, not a row: without `await` every check of it passes.')
        : l10n.t(
            'Nobody waits for this query: its failure goes unseen, and the answer may be sent before it is done.',
          )
      return [at(site, message, [siteFix(site, 'add-await', l10n.t('Wait for the query'), 'review')])]
    }),
}
