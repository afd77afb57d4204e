import * as l10n from '@vscode/l10n'
import type { Detection, Rule } from './rule.ts'

/** A call of another service while a transaction is open. Reported at the call. */
export const ioInTransaction: Rule = {
  id: 'io-in-transaction',
  severity: 'info',
  title: 'Network call inside a transaction',
  docs: {
    what: 'Finds requests to other services, uploads and mails that are sent while a transaction is open.',
    why:
      'An open transaction holds a connection and its locks. While the other service takes two seconds to answer, ' +
      'nobody else has either; a slow third party then stops every request that needs the database.',
    fineWhen: ['The call is made before the transaction begins or after it ended.'],
    fixSafety:
      'There is no automatic fix: call the service first, and open the transaction for the writes alone.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/rates/refresh', async (req, res) => {
  await db.transaction(async (trx) => {
    const response = await fetch('https://rates.example/latest', { signal: AbortSignal.timeout(5000) })
    await trx('rates').insert(await response.json())
  })
  res.sendStatus(204)
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/rates/refresh', async (req, res) => {
  const response = await fetch('https://rates.example/latest', { signal: AbortSignal.timeout(5000) })
  const rates = await response.json()
  await db.transaction(async (trx) => {
    await trx('rates').insert(rates)
  })
  res.sendStatus(204)
})
`,
    },
  ],
  detect: (facts) =>
    facts.sites.flatMap((site): Detection[] => {
      if (site.detail.kind !== 'call-in-transaction') return []
      const message = l10n.t(
        'Potentially blocking: `{0}` waits for another service while a transaction holds its connection and locks.',
        site.text,
      )
      return [{ span: site.span, message, evidence: [site.id], fixes: [] }]
    }),
}
