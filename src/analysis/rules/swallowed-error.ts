import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, sitesOf, type SiteOf } from './site-rule.ts'

/** A `catch` after which nobody knows that something failed. */
export const swallowedError: Rule = {
  id: 'swallowed-error',
  severity: 'info',
  title: 'Error is swallowed',
  docs: {
    what: 'Finds a `catch` around queries that at most logs the error and then goes on as if nothing had happened, and callbacks that are given an error in the place of data.',
    why: 'Under load queries do fail: pools run out, statements time out. Code that turns this into an empty list or a plain success makes clients, monitoring and load tests believe that all is well while data is missing.',
    fineWhen: [
      'The error is answered with an error status, thrown again, or handed to `next`.',
      'What failed is optional, and another value takes its place.',
    ],
    fixSafety: 'No fix: what should happen instead only you can say.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

async function saveBooking(room) {
  try {
    await db('bookings').insert({ room })
  } catch (error) {
    console.error(error)
  }
}

app.post('/bookings/:room', async (req, res) => {
  await saveBooking(req.params.room)
  res.status(201).end()
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

async function saveBooking(room) {
  await db('bookings').insert({ room })
}

app.post('/bookings/:room', async (req, res) => {
  await saveBooking(req.params.room)
  res.status(201).end()
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'swallowed-error').flatMap((site) => {
      return [at(site, messageFor(site.detail))]
    }),
}

function messageFor({ as, writes }: SiteOf<'swallowed-error'>['detail']): string {
  if (as === 'data') return l10n.t('The error is passed on as if it were data: the client sees success.')
  return writes
    ? l10n.t('The error is swallowed here: callers go on as if all were well, though rows may be missing.')
    : l10n.t('The error is swallowed here: callers go on as if all were well, though nothing was read.')
}
