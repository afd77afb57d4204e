import * as l10n from '@vscode/l10n'
import type { Call, QueryCall } from '../facts.ts'
import { repeats } from './phrases.ts'
import { groupBy, type Detection, type Rule } from './rule.ts'

/** Rows that are read and then filtered in JavaScript. Reported where the code that filters gets the rows. */
export const filterInMemory: Rule = {
  id: 'filter-in-memory',
  severity: 'info',
  title: 'Rows loaded to pick a few of them',
  docs: {
    what:
      'Finds reads of a whole table whose rows are then picked in memory, with `filter`, `find` or `some`, by ' +
      'comparisons that the database could make: equality, ranges, lists, text. Of reads that have conditions, it ' +
      'finds those that load a list only to see whether one row is in it.',
    why:
      'The database would use an index and send the rows that match. Here all rows are sent and converted for every ' +
      'request, and most are thrown away; that is fine with fifty rows and ends the server with a million.',
    fineWhen: [
      'The query has a limit of its own, or conditions, and several of the rows it gives are used.',
      'The rows are also used without being filtered.',
      'The predicate runs code that a database can’t, such as a permission check.',
    ],
    fixSafety: 'There is no automatic fix: move the condition into the query.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/users/by-email/:email', async (req, res) => {
  const users = await db('users')
  const user = users.find((candidate) => candidate.email === req.params.email)
  res.json(user ?? null)
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/users/by-email/:email', async (req, res) => {
  const user = await db('users').where({ email: req.params.email }).first()
  res.json(user ?? null)
})
`,
    },
  ],
  detect: (facts) =>
    groupBy(facts.queries.flatMap(filtered), ({ call }) => call.id)
      .filter((found) => found.every(({ only }) => only))
      .map(([first, ...others]): Detection => ({
        span: first.call.span,
        message: messageFor(first.query),
        evidence: [first, ...others].map(({ query }) => query.id),
        fixes: [],
      })),
}

function messageFor({ table, filters }: QueryCall): string {
  const isWhole = filters.length === 0
  if (table === null)
    return isWhole
      ? l10n.t('Potentially wasteful: all rows are loaded, and most are then filtered out in memory.')
      : l10n.t(
          'Potentially wasteful: all matching rows are loaded, and most are then filtered out in memory.',
        )
  return isWhole
    ? l10n.t(
        'Potentially wasteful: all "{0}" rows are loaded, and most are then filtered out in memory.',
        table,
      )
    : l10n.t(
        'Potentially wasteful: all matching "{0}" rows are loaded, and most are then filtered out in memory.',
        table,
      )
}

/** A read of many rows with the call that gives its rows on; `only` where every use is of filtered rows. */
function filtered(query: QueryCall): { query: QueryCall; call: Call; only: boolean }[] {
  const call = query.path[query.heldAt]
  if (query.operation !== 'many' || query.bound !== null || !call || query.loops.some(repeats)) return []
  const isPicked =
    query.uses.length > 0 &&
    query.uses.every((use) => use.filtered && use.comparable === true) &&
    query.uses.some(({ kind }) => kind !== 'count' && kind !== 'sum')
  const only = isPicked && (query.filters.length === 0 || isSearchedForOne(query))
  return [{ query, call, only }]
}

/** Whether of the rows that belong to something, one is looked for: `patients.find((patient) => patient.id === id)`. */
function isSearchedForOne({ filters, uses }: QueryCall): boolean {
  return filters.every(({ match }) => match !== 'in') && uses.every(({ single }) => single === true)
}
