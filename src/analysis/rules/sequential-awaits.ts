import * as l10n from '@vscode/l10n'
import type { Detection, Rule } from './rule.ts'

/** Reads that wait for each other without need. Reported at the second of them. */
export const sequentialAwaits: Rule = {
  id: 'sequential-awaits',
  severity: 'info',
  title: 'Independent reads one after the other',
  docs: {
    what: 'Finds reads in a row that don’t use each other’s rows, each awaited before the next one starts.',
    why:
      'The request takes as long as all of them together instead of as long as the slowest. The gain is in latency, not ' +
      'in throughput: run together, they hold several connections of the pool at once.',
    fineWhen: [
      'A check stands between them, or the second uses what the first gave.',
      'They run in a transaction, which has one connection.',
      'One of them writes.',
    ],
    fixSafety:
      'Review: the reads start together (`Promise.all`), so one request holds several connections for a moment.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  const posts = await db('posts').orderBy('id', 'desc').limit(20)
  const [{ count }] = await db('posts').count({ count: '*' })
  res.json({ posts, count })
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  const [posts, [{ count }]] = await Promise.all([
    db('posts').orderBy('id', 'desc').limit(20),
    db('posts').count({ count: '*' }),
  ])
  res.json({ posts, count })
})
`,
    },
  ],
  detect: (facts) =>
    facts.sites.flatMap((site): Detection[] => {
      const { detail } = site
      if (detail.kind !== 'sequential-reads' || site.loops.length > 0) return []
      const { reads, previous } = detail
      const message =
        reads > 2
          ? l10n.t(
              'Potentially slow: {0} reads wait for each other, first for `{1}`, without using the rows.',
              reads,
              previous,
            )
          : l10n.t('Potentially slow: this read waits, first for `{0}`, without using the rows.', previous)
      return [
        {
          span: site.span,
          message,
          evidence: [site.id],
          fixes: [
            {
              id: 'run-together',
              title: l10n.t('Start the {0} reads together (one request holds up to {0} connections)', reads),
              safety: 'review',
              intention: { kind: 'run-together', site: site.id },
            },
          ],
        },
      ]
    }),
}
