import * as l10n from '@vscode/l10n'
import type { QueryCall, Table } from '../facts.ts'
import { isUniqueColumn } from '../unique-columns.ts'
import { groupBy, type Detection, type Rule } from './rule.ts'

/** A page by offset whose rows have no defined order. Reported at the query. */
export const unstablePageOrder: Rule = {
  id: 'unstable-page-order',
  severity: 'info',
  title: 'Pages without a stable order',
  docs: {
    what:
      'Finds queries that skip rows (`OFFSET`) without an order, or ordered by a column that several rows share ' +
      'according to the schema.',
    why:
      'A database gives rows without an order as it likes. Between two pages it may like differently, so that clients ' +
      'see a row twice and another one never; under load, with parallel scans and writes in between, this is common.',
    fineWhen: [
      'The order ends with a unique column, or with a point in time.',
      'The query reads one page only and skips nothing.',
    ],
    fixSafety:
      'Review: the order gets the primary key as its last column, so that equal rows have one order.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  const offset = Number(req.query.offset) || 0
  res.json(await db('posts').where({ published: true }).limit(20).offset(offset))
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  const offset = Number(req.query.offset) || 0
  res.json(await db('posts').where({ published: true }).orderBy('id').limit(20).offset(offset))
})
`,
    },
  ],
  detect: (facts) =>
    groupBy(
      facts.queries.filter((query) => isUnstable(query, facts.tables)),
      (query) => query.site,
    ).map(([first, ...others]): Detection => ({
      span: first.span,
      message: messageFor(first),
      evidence: [first, ...others].map((query) => query.id),
      fixes: [
        {
          id: 'stable-order',
          title: l10n.t('Order by the primary key too, so that pages neither overlap nor miss rows'),
          safety: 'review',
          intention: { kind: 'stable-order', query: first.id },
        },
      ],
    })),
}

function isUnstable(query: QueryCall, tables: readonly Table[]): boolean {
  if (query.operation !== 'many' || !query.skips || query.order === null) return false
  if (query.bound === 'unique-key' || query.bound === 'key-list' || isUnlimited(query)) return false
  if (query.order.length === 0) return true
  const table = tables.find(({ name, orm }) => name === query.table && orm === query.orm)
  return (
    table !== undefined && !query.order.some((column) => tellsRowsApart(column, query.order ?? [], table))
  )
}

/** Whether nobody asks for a page: the limit is one that a function takes, and its caller gives none. */
function isUnlimited({ pageSize }: QueryCall): boolean {
  return pageSize?.source === 'constant' && pageSize.optional
}

function tellsRowsApart(column: string, order: readonly string[], table: Table): boolean {
  const name = column.slice(column.lastIndexOf('.') + 1)
  const declared = table.columns.find((each) => each.name === name)
  if (!declared || isUniqueColumn(name) || isTime(name, declared.type)) return true
  const keys = [table.primaryKey, ...table.unique].filter((columns) => columns.length > 0)
  return keys.some((columns) => columns.every((each) => order.includes(each)))
}

function isTime(name: string, type: string | null): boolean {
  return /(?:At|_at|date|time|created|updated|timestamp)$/i.test(name) || /date|time/i.test(type ?? '')
}

function messageFor({ table, order }: QueryCall): string {
  const columns = (order ?? []).map((column) => `"${column}"`).join(', ')
  if (columns === '')
    return table === null
      ? l10n.t('Potentially unstable pages: the rows have no order, so that pages may overlap or miss rows.')
      : l10n.t(
          'Potentially unstable pages: the "{0}" rows have no order, so that pages may overlap or miss rows.',
          table,
        )
  return table === null
    ? l10n.t(
        'Potentially unstable pages: the rows are ordered by {0} alone, which several may share, so that pages may overlap or miss rows.',
        columns,
      )
    : l10n.t(
        'Potentially unstable pages: the "{0}" rows are ordered by {1} alone, which several may share, so that pages may overlap or miss rows.',
        table,
        columns,
      )
}
