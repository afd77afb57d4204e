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
import { Pool } from 'pg'

const app = express()

app.get('/users/:id', async (req, res) => {
  const pool = new Pool()
  const { rows } = await pool.query('select name from users where id = $1', [req.params.id])
  res.json(rows[0])
})
`,
      after: `import express from 'express'
import { Pool } from 'pg'

const pool = new Pool()
const app = express()

app.get('/users/:id', async (req, res) => {
  const { rows } = await pool.query('select name from users where id = $1', [req.params.id])
  res.json(rows[0])
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'client-made').flatMap((site) => {
      const { client, where } = site.detail
      if (where === 'own-module') return []
      const how = where === 'per-call' ? 'here again and again' : 'a second time in this package'
      return [at(site, `\`${client}\` is made ${how}, each with a connection pool of its own: share one.`)]
    }),
}
