import * as l10n from '@vscode/l10n'
import type { Facts, QueryCall } from '../facts.ts'
import { readsLookup } from '../lookup-tables.ts'
import { groupBy, type Detection, type Rule } from './rule.ts'

/** A text search that no ordinary index serves. Reported at the pattern. */
export const unindexableSearch: Rule = {
  id: 'unindexable-search',
  severity: 'info',
  title: 'Text search that no index serves',
  docs: {
    what:
      'Finds conditions on text that start with a wildcard: `LIKE %word%`, `ILIKE`, `contains`, and regular expressions ' +
      'without an anchor.',
    why:
      'An index is ordered by how values begin. Where the beginning is open, the database reads every row and compares ' +
      'it, for each request.',
    fineWhen: [
      'The pattern starts with text (`word%`), or a full-text or trigram index serves the search.',
      'The table stays small.',
    ],
    fixSafety: 'There is no automatic fix: use a full-text or trigram index, or a search engine.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  res.json(await db('posts').where('title', 'ilike', \`%\${req.query.q}%\`).orderBy('id').limit(20))
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  res.json(await db('posts').where('title', 'like', \`\${req.query.q}%\`).orderBy('id').limit(20))
})
`,
    },
  ],
  detect: (facts) =>
    groupBy(
      facts.queries.filter(
        (query) => searches(query) && !isNarrowed(query, facts) && !readsLookup(query, facts),
      ),
      placeOf,
    ).map(([first, ...others]): Detection => ({
      span: spanOf(first),
      message: messageFor(first),
      evidence: [first, ...others].map(({ id }) => id),
      fixes: [],
    })),
}

function searches(query: QueryCall): boolean {
  return query.bound !== 'unique-key' && query.filters.some(({ pattern }) => pattern === 'leading-wildcard')
}

/** Whether only the rows that belong to one row of another table are searched: an index finds those. */
function isNarrowed({ filters, table, orm }: QueryCall, { tables }: Facts): boolean {
  const relations = tables.find((each) => each.name === table && each.orm === orm)?.relations ?? []
  return filters.some(
    ({ column, match }) =>
      match === 'equals' &&
      (/(?:_id|[a-z]Id|\.id)$/.test(column) || relations.some(({ name, many }) => name === column && !many)),
  )
}

function spanOf(query: QueryCall): QueryCall['span'] {
  return query.filters.find(({ pattern }) => pattern !== undefined)?.span ?? query.span
}

function placeOf(query: QueryCall): string {
  const { file, line } = spanOf(query)
  return `${file}:${line}`
}

function messageFor(query: QueryCall): string {
  const columns = query.filters.filter(({ pattern }) => pattern).map(({ column }) => `\`${column}\``)
  const which = [...new Set(columns)].join(', ')
  return query.table === null
    ? l10n.t(
        'Potentially slow: searching {0} for a text anywhere in it compares every row; no ordinary index helps.',
        which,
      )
    : l10n.t(
        'Potentially slow: searching {0} for a text anywhere in it compares every "{1}" row; no ordinary index helps.',
        which,
        query.table,
      )
}
