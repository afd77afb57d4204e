import * as l10n from '@vscode/l10n'
import type { Detection, Rule } from './rule.ts'

/** A query that ran before in the same function with the same arguments. Reported at the second. */
export const repeatedQuery: Rule = {
  id: 'repeated-query',
  severity: 'info',
  title: 'The same query twice',
  docs: {
    what: 'Finds a read that a function makes a second time with the same arguments, although it wrote nothing in between.',
    why: 'The second answer is the first one again, for another round trip and another use of a connection.',
    fineWhen: [
      'Something is written in between.',
      'The second read is meant to see what others did meanwhile: it stands in a loop, or after a wait.',
    ],
    fixSafety: 'There is no automatic fix: use the rows that were read before.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()
const findPost = (id) => db('posts').where({ id }).first()

app.get('/posts/:id', async (req, res) => {
  const post = await findPost(req.params.id)
  if (!post) return res.sendStatus(404)
  const current = await findPost(req.params.id)
  res.json({ ...current, isNew: post.views === 0 })
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()
const findPost = (id) => db('posts').where({ id }).first()

app.get('/posts/:id', async (req, res) => {
  const post = await findPost(req.params.id)
  if (!post) return res.sendStatus(404)
  res.json({ ...post, isNew: post.views === 0 })
})
`,
    },
  ],
  detect: (facts) =>
    facts.sites.flatMap((site): Detection[] => {
      const { detail } = site
      if (detail.kind !== 'repeated-read' || site.loops.length > 0) return []
      const message = l10n.t(
        'Potentially redundant: the same query with the same arguments ran in line {0}.',
        detail.firstLine,
      )
      return [{ span: site.span, message, evidence: [site.id], fixes: [] }]
    }),
}
