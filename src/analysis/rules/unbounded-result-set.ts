import * as l10n from '@vscode/l10n'
import type { Facts, Include, QueryCall } from '../facts.ts'
import type { PageLimits } from '../intentions.ts'
import { readsLookup } from '../lookup-tables.ts'
import { groupBy, type Detection, type ProposedFix, type Rule } from './rule.ts'

const growing =
  /(?:comment|message|post|review|log|event|notification|order|transaction|follower|like|favou?rite|activit|article|histor|entr|record|repl|visit|session|invoice|payment|subscri)/i
const page: PageLimits = { defaultLimit: 20, maximumLimit: 100 }

/** A read of many rows without a limit, whose rows reach the response. Reported at the query, once for all its routes. */
export const unboundedResultSet: Rule = {
  id: 'unbounded-result-set',
  severity: 'info',
  title: 'Unbounded result set',
  docs: {
    what: 'Finds a query that reads rows without a limit and whose rows reach the response of a route.',
    why:
      'The answer grows with the table. With fifty rows on a laptop it is instant; with a million, every request ' +
      'reads, converts and sends them all, and a few requests at once exhaust the memory of the server.',
    fineWhen: [
      'The query has a limit, also one that is added later, or it looks rows up by a unique key or a list of keys.',
      'It counts or aggregates, or it streams its rows.',
      'The rows stay inside the handler, or the table can only ever hold a few rows (countries, settings).',
    ],
    fixSafety:
      'Review: the answer stays an array, but it holds one page (20 rows unless `?limit` asks for up to 100; ' +
      '`?offset` skips rows), so clients that expect everything see less. A query without an order is ordered by ' +
      'its key, newest first, because pages of an unordered query overlap. Pages by key (`?after` instead of ' +
      '`?offset`) stay as fast at the end of a large table as at its start.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  res.json(await db('posts').where({ published: true }))
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  const limit = Math.min(Math.max(Number.parseInt(String(req.query.limit), 10) || 20, 1), 100)
  const offset = Math.max(Number.parseInt(String(req.query.offset), 10) || 0, 0)
  res.json(await db('posts').where({ published: true }).orderBy('id', 'desc').limit(limit).offset(offset))
})
`,
    },
  ],
  detect: (facts) => [...unboundedReads(facts), ...unboundedIncludes(facts)],
}

function unboundedReads(facts: Facts): Detection[] {
  return groupBy(
    facts.queries.filter((query) => isUnbounded(query) && !readsLookup(query, facts)),
    (query) => query.site,
  ).map(([first, ...others]): Detection => ({
    span: first.span,
    message: messageFor(first),
    evidence: [first, ...others].map((query) => query.id),
    fixes: [first, ...others].some((query) => query.loops.length > 0 || isAddedUp(query))
      ? []
      : [paginate([first, ...others]), paginateByKey([first, ...others])],
  }))
}

/** To-many relations of one row that grow without end, and are sent whole. */
function unboundedIncludes({ queries }: Facts): Detection[] {
  const found = queries.flatMap((query) =>
    query.includes
      .filter((include) => isOneRow(query) && growsAndIsSent(include))
      .map((include) => ({ query, include })),
  )
  return groupBy(found, ({ include: { span } }) => `${span.file}:${span.line}:${span.column}`).map(
    ([first, ...others]) => ({
      span: first.include.span,
      message: l10n.t(
        'Potentially unbounded: all `{0}` of the row reach the response, without a limit.',
        first.include.relation,
      ),
      evidence: [first, ...others].map(({ query }) => query.id),
      fixes: [],
    }),
  )
}

function isOneRow({ operation, bound }: QueryCall): boolean {
  return operation === 'one' || (operation === 'many' && bound === 'unique-key')
}

function growsAndIsSent({ many, bounded, relation, uses = [] }: Include): boolean {
  const own = relation.split('.').at(-1) ?? relation
  return many === true && !bounded && growing.test(own) && uses.some(({ kind }) => kind === 'response')
}

function isUnbounded(query: QueryCall): boolean {
  return (
    query.operation === 'many' &&
    (query.bound === null || query.bound === 'optional-limit') &&
    query.rowsReachResponse
  )
}

/** Whether the rows are added up too: the sum of a page is another one. */
function isAddedUp({ uses }: QueryCall): boolean {
  return uses.some(({ kind }) => kind === 'sum')
}

function messageFor({ table, filters }: QueryCall): string {
  const isWhole = filters.length === 0
  if (table === null)
    return isWhole
      ? l10n.t('Potentially unbounded: this query has no limit, and all rows it reads reach the response.')
      : l10n.t(
          'Potentially unbounded: this query has no limit, and all matching rows it reads reach the response.',
        )
  return isWhole
    ? l10n.t(
        'Potentially unbounded: this query has no limit, and all "{0}" rows it reads reach the response.',
        table,
      )
    : l10n.t(
        'Potentially unbounded: this query has no limit, and all matching "{0}" rows it reads reach the response.',
        table,
      )
}

function paginate(queries: readonly QueryCall[]): ProposedFix {
  return {
    id: 'paginate',
    title: l10n.t(
      'Paginate: returns at most {0} rows by default (?limit up to {1}, ?offset)',
      page.defaultLimit,
      page.maximumLimit,
    ),
    safety: 'review',
    intention: { kind: 'paginate', queries: queries.map((query) => query.id), page, by: 'offset' },
  }
}

function paginateByKey(queries: readonly QueryCall[]): ProposedFix {
  return {
    id: 'paginate-by-key',
    title: l10n.t(
      'Paginate by key: at most {0} rows after ?after, ordered by key (?limit up to {1})',
      page.defaultLimit,
      page.maximumLimit,
    ),
    safety: 'review',
    intention: { kind: 'paginate', queries: queries.map((query) => query.id), page, by: 'key' },
  }
}
