import * as l10n from '@vscode/l10n'
import type { Facts, PageSize, QueryCall } from '../facts.ts'
import type { PageLimits } from '../intentions.ts'
import { groupBy, type Detection, type Rule } from './rule.ts'

const page: PageLimits = { defaultLimit: 20, maximumLimit: 100 }

/** A limit that the client chooses without a maximum. Reported where the maximum is missing: at the read, or in the schema. */
export const uncappedPageSize: Rule = {
  id: 'uncapped-page-size',
  severity: 'info',
  title: 'Page size without a maximum',
  docs: {
    what:
      'Follows the limit of a query back to the request, through variables, calls and validation schemas, and reports it ' +
      'where nothing on the way sets a maximum.',
    why:
      '`?limit=1000000` reads the whole table, however carefully the default was chosen. One such request is enough to ' +
      'fill the memory of the server, and crawlers do send them.',
    fineWhen: [
      'A schema, a decorator, `Math.min`, a clamp or an `if` keeps the number within a maximum.',
      'The limit is a constant or comes from the configuration.',
    ],
    fixSafety:
      'Review: clients that ask for more rows than the maximum get that many. What they get below it stays the same.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  const limit = Number(req.query.limit) || 20
  res.json(await db('posts').orderBy('id', 'desc').limit(limit))
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  const limit = Math.min(Number(req.query.limit) || 20, 100)
  res.json(await db('posts').orderBy('id', 'desc').limit(limit))
})
`,
    },
  ],
  detect: (facts) => {
    const found = uncappedQueries(facts)
    const places = new Set(found.map(({ span }) => `${span.file}:${span.line}`))
    return [
      ...found,
      ...uncappedSchemas(facts).filter(({ span }) => !places.has(`${span.file}:${span.line}`)),
    ]
  },
}

function uncappedQueries(facts: Facts): Detection[] {
  return groupBy(facts.queries.flatMap(uncapped), ({ size: { span } }) => `${span.file}:${span.line}`).map(
    ([first, ...others]): Detection => ({
      span: first.size.span,
      message: messageFor(first.query),
      evidence: [first, ...others].map(({ query }) => query.id),
      fixes: [
        {
          id: 'cap-limit',
          title: l10n.t('Cap the page size: clients get at most {0} rows at once', page.maximumLimit),
          safety: 'review',
          intention: {
            kind: 'cap-limit',
            queries: [first, ...others].map(({ query }) => query.id),
            page,
          },
        },
      ],
    }),
  )
}

function messageFor({ table }: QueryCall): string {
  return table === null
    ? l10n.t(
        'Potentially unlimited page: the client chooses how many rows are read, and nothing caps the number.',
      )
    : l10n.t(
        'Potentially unlimited page: the client chooses how many "{0}" rows are read, and nothing caps the number.',
        table,
      )
}

/** Schemas that admit any page size, where no code behind them is seen to cap it. */
function uncappedSchemas({ sites, queries }: Facts): Detection[] {
  if (queries.some(({ pageSize }) => pageSize?.source === 'capped')) return []
  return sites.flatMap(({ id, span, detail }) => {
    if (detail.kind !== 'uncapped-page-schema') return []
    const message = l10n.t(
      'Potentially unlimited page: the schema admits any `{0}` that a client asks for.',
      detail.name,
    )
    return [{ span, message, evidence: [id], fixes: [] }]
  })
}

function uncapped(query: QueryCall): { query: QueryCall; size: PageSize }[] {
  const size = query.pageSize
  const isPage = query.operation === 'many' || query.operation === 'aggregate'
  return size?.source === 'request' && isPage && query.bound !== 'unique-key' ? [{ query, size }] : []
}
