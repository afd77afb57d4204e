import * as l10n from '@vscode/l10n'
import type { Detection, Rule } from './rule.ts'

/** Rows that are read into a variable that nothing reads. Reported at the query or the call that leads to it. */
export const unusedQueryResult: Rule = {
  id: 'unused-query-result',
  severity: 'info',
  title: 'Rows that nothing reads',
  docs: {
    what: 'Finds reads whose rows go into a variable that is never read, or only into other variables that aren’t either.',
    why: 'The database does the work and sends the rows for nothing, in every request.',
    fineWhen: [
      'The query is there to fail: it throws where there is no such row.',
      'Any use of the rows reaches an answer, a condition or a write.',
    ],
    fixSafety: 'There is no automatic fix: remove the query.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.delete('/posts/:id', async (req, res) => {
  const posts = await db('posts').select('id')
  const ids = posts.map((post) => post.id)
  await db('posts').where({ id: req.params.id }).delete()
  res.sendStatus(204)
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.delete('/posts/:id', async (req, res) => {
  await db('posts').where({ id: req.params.id }).delete()
  res.sendStatus(204)
})
`,
    },
  ],
  detect: (facts) =>
    facts.sites.flatMap((site): Detection[] => {
      if (site.detail.kind !== 'unread-rows') return []
      const message = l10n.t('Potentially needless: nothing reads the rows that `{0}` loads.', site.text)
      return [{ span: site.span, message, evidence: [site.id], fixes: [] }]
    }),
}
