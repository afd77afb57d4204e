import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, sitesOf } from './site-rule.ts'

/** A request that must not be carried out twice, and may be. */
export const missingIdempotency: Rule = {
  id: 'missing-idempotency',
  severity: 'info',
  title: 'Payment without an idempotency key',
  docs: {
    what: 'Finds a payment that is started in a request that also writes rows, without an idempotency key.',
    why: 'Clients and proxies repeat requests whose answer got lost, most of all under load. Each repetition orders and charges once more.',
    fineWhen: [
      'The call carries an idempotency key.',
      'Repeating it changes nothing, as setting a flag does.',
    ],
    fixSafety: 'No fix: the key has to come from what the request means, an order number for example.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'
import knex from 'knex'
import Stripe from 'stripe'

const db = knex({ client: 'pg' })
const stripe = new Stripe('key')
const app = express()

app.post('/orders/:cart', async (req, res) => {
  await db('orders').insert({ cart: req.params.cart })
  res.json(await stripe.checkout.sessions.create({ mode: 'payment' }))
})
`,
      after: `import express from 'express'
import knex from 'knex'
import Stripe from 'stripe'

const db = knex({ client: 'pg' })
const stripe = new Stripe('key')
const app = express()

app.post('/orders/:cart', async (req, res) => {
  await db('orders').insert({ cart: req.params.cart })
  res.json(await stripe.checkout.sessions.create({ mode: 'payment' }, { idempotencyKey: req.params.cart }))
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'unrepeatable-effect').flatMap((site) => {
      const message = l10n.t(
        'A repeated request calls `{0}` again: nothing recognises the repetition.',
        site.detail.api,
      )
      return [at(site, message)]
    }),
}
