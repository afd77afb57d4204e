import * as l10n from '@vscode/l10n'
import type { Detection, Rule } from './rule.ts'

/** Writes that belong together and that no transaction joins. Reported at the first of them. */
export const multiWriteWithoutTransaction: Rule = {
  id: 'multi-write-without-transaction',
  severity: 'info',
  title: 'Several writes without a transaction',
  docs: {
    what:
      'Finds functions that write with two or more statements, directly or through the functions that they call, outside ' +
      'of a transaction.',
    why:
      'Under load requests time out, connections break and processes are restarted, and they do so between the two ' +
      'statements as well. What was written first then stays, without the rest.',
    fineWhen: [
      'A transaction joins the writes, or they are alternatives of which one runs.',
      'One of them is a by-product: a log, a notification, a session, a counter of views.',
    ],
    fixSafety:
      'There is no automatic fix: run the writes in one transaction, and hand its handle to every query.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.post('/orders', async (req, res) => {
  const total = Number(req.body.total)
  const [order] = await db('orders').insert({ total }).returning('*')
  await db('payments').insert({ order_id: order.id, amount: total })
  res.json(order)
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.post('/orders', async (req, res) => {
  const total = Number(req.body.total)
  const order = await db.transaction(async (trx) => {
    const [created] = await trx('orders').insert({ total }).returning('*')
    await trx('payments').insert({ order_id: created.id, amount: total })
    return created
  })
  res.json(order)
})
`,
    },
  ],
  detect: (facts) =>
    facts.sites.flatMap((site): Detection[] => {
      const { detail } = site
      if (detail.kind !== 'separate-writes') return []
      const tables = [...new Set(detail.tables.flatMap((table) => (table === null ? [] : [`"${table}"`])))]
      const message =
        tables.length === 0
          ? l10n.t(
              'Potentially half-written: {0} writes belong together, and no transaction joins them.',
              detail.writes,
            )
          : l10n.t(
              'Potentially half-written: {0} writes ({1}) belong together, and no transaction joins them.',
              detail.writes,
              tables.join(', '),
            )
      return [{ span: site.span, message, evidence: [site.id], fixes: [] }]
    }),
}
