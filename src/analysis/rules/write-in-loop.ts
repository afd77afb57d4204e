import * as l10n from '@vscode/l10n'
import { isWrite, type Loop, type QueryCall, type Write } from '../facts.ts'
import { itemsOf, repeats } from './phrases.ts'
import { groupBy, type Detection, type ProposedFix, type Rule } from './rule.ts'

/** A write that a handler makes once for every item it walks over. Reported at the call in the loop. */
export const writeInLoop: Rule = {
  id: 'write-in-loop',
  severity: 'info',
  title: 'One write per item',
  docs: {
    what:
      'Finds an insert, update or delete that runs once for every item of a list, in a loop or in ' +
      '`Promise.all(items.map(…))`, also when it hides behind a service or storage function.',
    why:
      'Every write is a round trip and, outside a transaction, a commit of its own that waits for the disk. A hundred ' +
      'items are a hundred of each, while locks and a connection are held; one statement does the same work at once.',
    fineWhen: [
      'The list is constant, or the loop walks over chunks, retries, polls, or follows a cursor.',
      'One statement already writes many rows.',
      'Rows are updated with values of their own inside one transaction.',
    ],
    fixSafety:
      'Review: all rows are written by one statement, so either all are written or none; hooks that an ORM runs for ' +
      'each row may not run. Offered only for inserts whose loop does nothing else.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.post('/posts/:id/tags', async (req, res) => {
  const names = String(req.body.tags).split(',')
  for (const name of names) {
    await db('tags').insert({ post_id: Number(req.params.id), name })
  }
  res.sendStatus(201)
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.post('/posts/:id/tags', async (req, res) => {
  const names = String(req.body.tags).split(',')
  await db('tags').insert(names.map((name) => ({ post_id: Number(req.params.id), name })))
  res.sendStatus(201)
})
`,
    },
  ],
  detect: (facts) =>
    groupBy(facts.queries.flatMap(repetitionsOf), ({ site }) => site).map(
      ([first, ...others]): Detection => ({
        span: first.span,
        message: messageFor(first),
        evidence: [first, ...others].map(({ query }) => query.id),
        fixes: [first, ...others].every(({ query }) => query.site === first.query.site)
          ? fixesFor(first)
          : [],
      }),
    ),
}

/** A write with a loop that repeats it; `site` and `span` are those of the call in the loop. */
interface Repetition {
  readonly query: QueryCall
  readonly operation: Write
  readonly loop: Loop
  readonly site: string
  readonly span: QueryCall['span']
  readonly text: string
}

function repetitionsOf(query: QueryCall): Repetition[] {
  const { operation } = query
  if (!isWrite(operation) || query.bulk || isDeliberate(query)) return []
  return query.loops.filter(repeats).flatMap((loop): Repetition[] => {
    const call = query.path[loop.call]
    return call ? [{ query, operation, loop, site: call.id, span: call.span, text: call.text }] : []
  })
}

/** Rows that get values of their own can't share a statement; a transaction says that this was thought of. */
function isDeliberate(query: QueryCall): boolean {
  return query.inTransaction && (query.operation === 'update' || query.operation === 'save')
}

const sentences: Readonly<Record<Write, (text: string, items: string, table: string | null) => string>> = {
  insert: (text, items, table) =>
    table === null
      ? l10n.t('Potentially slow: `{0}` inserts a row for {1}, one statement each.', text, items)
      : l10n.t(
          'Potentially slow: `{0}` inserts a "{1}" row for {2}, one statement each.',
          text,
          table,
          items,
        ),
  update: (text, items, table) =>
    table === null
      ? l10n.t('Potentially slow: `{0}` updates a row for {1}, one statement each.', text, items)
      : l10n.t(
          'Potentially slow: `{0}` updates a "{1}" row for {2}, one statement each.',
          text,
          table,
          items,
        ),
  upsert: (text, items, table) =>
    table === null
      ? l10n.t('Potentially slow: `{0}` upserts a row for {1}, one statement each.', text, items)
      : l10n.t(
          'Potentially slow: `{0}` upserts a "{1}" row for {2}, one statement each.',
          text,
          table,
          items,
        ),
  save: (text, items, table) =>
    table === null
      ? l10n.t('Potentially slow: `{0}` saves a row for {1}, one statement each.', text, items)
      : l10n.t('Potentially slow: `{0}` saves a "{1}" row for {2}, one statement each.', text, table, items),
  delete: (text, items, table) =>
    table === null
      ? l10n.t('Potentially slow: `{0}` deletes a row for {1}, one statement each.', text, items)
      : l10n.t(
          'Potentially slow: `{0}` deletes a "{1}" row for {2}, one statement each.',
          text,
          table,
          items,
        ),
}

function messageFor({ query, operation, loop, text }: Repetition): string {
  return sentences[operation](text, itemsOf(loop), query.table)
}

function fixesFor({ query, loop }: Repetition): ProposedFix[] {
  if (query.operation !== 'insert' || query.loops.findLast(repeats) !== loop) return []
  return [
    {
      id: 'bulk-write',
      title:
        query.table === null
          ? l10n.t('Insert all rows with one statement')
          : l10n.t('Insert all {0} with one statement', query.table),
      safety: 'review',
      intention: { kind: 'bulk-write', query: query.id },
    },
  ]
}
