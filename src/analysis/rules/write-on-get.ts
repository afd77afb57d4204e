import * as l10n from '@vscode/l10n'
import { isByProduct } from '../by-products.ts'
import { isWrite, type Facts, type QueryCall } from '../facts.ts'
import { groupBy, type Detection, type Rule } from './rule.ts'

/** A GET route that changes the rows it shows. Reported at the call in the handler. */
export const writeOnGet: Rule = {
  id: 'write-on-get',
  severity: 'info',
  title: 'Rows changed by a GET request',
  docs: {
    what:
      'Finds GET routes that update rows of the kind that they read, one by one in a loop: derived values that are ' +
      'computed anew and stored whenever someone looks.',
    why:
      'Reads are the most frequent requests, and clients, crawlers and proxies repeat and prefetch them. Each one takes ' +
      'locks and waits for the disk here, and two at once write the same rows.',
    fineWhen: [
      'The write is a by-product such as a log entry, a counter of views, a session or a cache.',
      'The route is a link that is meant to act: to confirm, activate, unsubscribe, or to come back from a login.',
    ],
    fixSafety:
      'There is no automatic fix: store derived values where the data changes that they are derived from.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/funds/:id/shares', async (req, res) => {
  const shares = await db('shares').where({ fund_id: req.params.id }).limit(100)
  const total = shares.reduce((sum, share) => sum + share.amount, 0)
  for (const share of shares) {
    await db('shares').where({ id: share.id }).update({ weight: share.amount / total })
  }
  res.json(shares)
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/funds/:id/shares', async (req, res) => {
  const shares = await db('shares').where({ fund_id: req.params.id }).limit(100)
  const total = shares.reduce((sum, share) => sum + share.amount, 0)
  res.json(shares.map((share) => ({ ...share, weight: share.amount / total })))
})
`,
    },
  ],
  detect: (facts) =>
    groupBy(
      facts.queries.filter((query) => changesWhatItReads(query, facts)),
      ({ path, site }) => path[0]?.id ?? site,
    ).map(([first, ...others]): Detection => ({
      span: (first.path[0] ?? first).span,
      message: l10n.t(
        'Potentially costly: this GET request updates "{0}" rows one by one whenever someone looks at them.',
        first.table ?? '',
      ),
      evidence: [first, ...others].map(({ id }) => id),
      fixes: [],
    })),
}

const actingRoutes =
  /verif|confirm|activat|callback|unsubscribe|logout|oauth|auth|webhook|cron|job|sync|seed|migrat|export|import|token|redirect|track/i

function changesWhatItReads(query: QueryCall, { handlers, queries }: Facts): boolean {
  const handler = handlers.find(({ id }) => id === query.handler)
  if (handler?.route.method !== 'GET' || actingRoutes.test(handler.route.path)) return false
  if (!isWrite(query.operation) || query.operation === 'insert' || query.operation === 'delete') return false
  if (query.table === null || isByProduct(query.table)) return false
  if (!query.loops.some(({ source }) => source === 'items')) return false
  return queries.some(
    (other) => other.handler === query.handler && other.table === query.table && !isWrite(other.operation),
  )
}
