import * as l10n from '@vscode/l10n'
import type { Call, QueryCall, Use } from '../facts.ts'
import { repeats } from './phrases.ts'
import { groupBy, type Detection, type ProposedFix, type Rule } from './rule.ts'

/** Rows that are read only to be counted or added up. Reported where the code that counts gets them. */
export const countByLoading: Rule = {
  id: 'count-by-loading',
  severity: 'info',
  title: 'Rows loaded only to be counted or added up',
  docs: {
    what:
      'Finds reads without a limit whose rows are used for nothing but their number, a sum, or a sum by group: ' +
      '`rows.length`, `rows.reduce(…)`, a loop that adds up.',
    why:
      'The database counts and sums without sending a row. Here every row crosses the network and becomes an object, ' +
      'so that the work grows with the table while the answer stays one number.',
    fineWhen: [
      'The rows are used for anything else too, such as being part of the answer.',
      'A limit or a unique key keeps them few.',
    ],
    fixSafety:
      'Safe: the database counts the rows that the query would have read. Offered only where their number is all that ' +
      'is used.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/users/:id/unread', async (req, res) => {
  const notifications = await db('notifications').where({ user_id: req.params.id, read: false })
  res.json({ unread: notifications.length })
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/users/:id/unread', async (req, res) => {
  const [{ count }] = await db('notifications').where({ user_id: req.params.id, read: false }).count({ count: '*' })
  res.json({ unread: Number(count) })
})
`,
    },
  ],
  detect: (facts) =>
    groupBy(facts.queries.flatMap(counted), ({ call }) => call.id)
      .filter((found) => found.every(({ only }) => only))
      .map(([first, ...others]): Detection => ({
        span: first.call.span,
        message: messageFor(first.query),
        evidence: [first, ...others].map(({ query }) => query.id),
        fixes: others.every(({ query }) => query.site === first.query.site) ? fixesFor(first.query) : [],
      })),
}

/** A read with the call that gives its rows to the code that uses them; `only` where it does nothing but count. */
function counted(query: QueryCall): { query: QueryCall; call: Call; only: boolean }[] {
  const call = query.path[query.heldAt]
  const isOpen = query.bound === null || query.bound === 'optional-limit'
  if (query.operation !== 'many' || !isOpen || !call || isRepeated(query) || isLookup(query)) return []
  return [{ query, call, only: isOnlyCounted(query.uses) }]
}

/** Whether a read of one column, by conditions, only tells if there is such a row: `SELECT id FROM users WHERE email = ?`. */
function isLookup({ columns, filters, uses }: QueryCall): boolean {
  const counts = uses.filter(({ kind }) => kind === 'count')
  const isPresence = counts.length > 0 && counts.every(({ presence, filtered }) => presence && !filtered)
  return columns?.length === 1 && filters.length > 0 && isPresence && !uses.some(({ kind }) => kind === 'sum')
}

/** Whether a loop reads the rows over and over where they are counted; not if it calls the function that counts. */
function isRepeated({ loops, heldAt }: QueryCall): boolean {
  return loops.some((loop) => repeats(loop) && loop.call >= heldAt)
}

function isOnlyCounted(uses: readonly Use[]): boolean {
  const counts = uses.filter(({ kind }) => kind === 'count' || kind === 'sum')
  const isWalkedOver = uses.some(({ kind }) => kind === 'key')
  return (
    counts.some(({ kind, filtered }) => !isWalkedOver || filtered || kind === 'sum') &&
    uses.every(
      ({ kind, filtered }) =>
        ['count', 'sum', 'property', 'key'].includes(kind) || (kind === 'test' && !filtered),
    )
  )
}

function messageFor(query: QueryCall): string {
  const sums = query.uses.some(({ kind }) => kind === 'sum')
  if (query.table === null)
    return sums
      ? l10n.t(
          'Potentially wasteful: all matching rows are loaded only to add them up, which the database can do.',
        )
      : l10n.t(
          'Potentially wasteful: all matching rows are loaded only to count them, which the database can do.',
        )
  return sums
    ? l10n.t(
        'Potentially wasteful: all matching "{0}" rows are loaded only to add them up, which the database can do.',
        query.table,
      )
    : l10n.t(
        'Potentially wasteful: all matching "{0}" rows are loaded only to count them, which the database can do.',
        query.table,
      )
}

function fixesFor(query: QueryCall): ProposedFix[] {
  if (!query.uses.every(({ kind, filtered }) => kind === 'count' && !filtered)) return []
  return [
    {
      id: 'count',
      title:
        query.table === null
          ? l10n.t('Let the database count the rows')
          : l10n.t('Let the database count the "{0}" rows', query.table),
      safety: 'safe',
      intention: { kind: 'count', query: query.id },
    },
  ]
}
