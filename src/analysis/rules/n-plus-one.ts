import * as l10n from '@vscode/l10n'
import { isWrite, type Facts, type Loop, type QueryCall } from '../facts.ts'
import { singular } from '../words.ts'
import { itemsOf, repeats } from './phrases.ts'
import { groupBy, type Detection, type ProposedFix, type Rule } from './rule.ts'

/** A read that a handler makes once for every item it walks over. Reported at the call in the loop. */
export const nPlusOne: Rule = {
  id: 'n-plus-one',
  severity: 'info',
  title: 'One query per item (N+1)',
  docs: {
    what:
      'Finds a read that runs once for every item of a list, in a loop or in `Promise.all(items.map(…))`, also when ' +
      'it hides behind a service or storage function.',
    why:
      'A request that lists a hundred items makes a hundred and one round trips to the database. All requests share ' +
      'one connection pool, so under load they queue for it: latency grows with items × users. Wrapping the loop in ' +
      '`Promise.all` does not help, it only queues faster.',
    fineWhen: [
      'The list is constant, or the loop walks over chunks, retries, polls, or follows a cursor.',
      'The query does not depend on the item, or one query already reads a list of keys.',
      'The loop ends as soon as something was found, or a cache or map answers for repeated items.',
    ],
    fixSafety:
      'Safe: one query reads (or counts) the rows for all items, a map hands them out; or, where the schema declares the ' +
      'relation, the query that reads the list brings them along. Order, missing rows and error handling stay as they ' +
      'are. Offered only where the loop does nothing else that could depend on the order of the queries.',
  },
  examples: [
    {
      title: 'Express and Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  const posts = await db('posts').orderBy('id').limit(20)
  const withAuthors = []
  for (const post of posts) {
    const author = await db('users').where({ id: post.author_id }).first()
    withAuthors.push({ ...post, author })
  }
  res.json(withAuthors)
})
`,
      after: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/posts', async (req, res) => {
  const posts = await db('posts').orderBy('id').limit(20)
  const authors = await db('users').whereIn('id', [...new Set(posts.map((post) => post.author_id))])
  const authorsById = new Map(authors.map((author) => [author.id, author]))
  res.json(posts.map((post) => ({ ...post, author: authorsById.get(post.author_id) })))
})
`,
    },
  ],
  detect: (facts) => [...repeatedQueries(facts), ...repeatedRequests(facts)],
}

function repeatedQueries({ queries }: Facts): Detection[] {
  return groupBy(queries.flatMap(repetitionOf), ({ site }) => site).map(([first, ...others]) => ({
    span: first.span,
    message: messageFor([first, ...others]),
    evidence: [first, ...others].map(({ query }) => query.id),
    fixes: [first, ...others].every(({ query }) => query.site === first.query.site) ? fixesFor(first) : [],
  }))
}

/** Requests to other services for one item after the other; requests for all at once are another rule's. */
function repeatedRequests({ sites }: Facts): Detection[] {
  const found = sites.flatMap((site) => {
    const loop = site.loops.findLast(repeats)
    if (site.detail.kind !== 'outbound-call' || !loop || loop.concurrent) return []
    return [{ site, loop, call: site.path[loop.call] ?? { id: site.id, span: site.span } }]
  })
  return groupBy(found, ({ call }) => call.id).map(([first, ...others]) => ({
    span: first.call.span,
    message: l10n.t(
      'Potential N+1: another service is asked for {0}, one after the other.',
      itemsOf(first.loop),
    ),
    evidence: [first, ...others].map(({ site }) => site.id),
    fixes: [],
  }))
}

/** A query with the innermost loop that repeats it; `site` and `span` are those of the call in the loop. */
interface Repetition {
  readonly query: QueryCall
  readonly loop: Loop
  readonly site: string
  readonly span: QueryCall['span']
  readonly callText: string
}

function repetitionOf(query: QueryCall): Repetition[] {
  if (isWrite(query.operation) || query.bound === 'stream') return []
  const loop = query.loops.findLast((each) => repeats(each) && !(query.batchesInOneTick && each.concurrent))
  const call = loop && query.path[loop.call]
  if (!call) return []
  return [{ query, loop, site: call.id, span: call.span, callText: call.text }]
}

function messageFor(repetitions: readonly [Repetition, ...Repetition[]]): string {
  const [{ loop, query, callText }] = repetitions
  const sites = new Set(repetitions.map((repetition) => repetition.query.site)).size
  const items = itemsOf(loop)
  if (sites > 1) return l10n.t('Potential N+1: `{0}` makes {1} queries for {2}.', callText, sites, items)
  return query.table === null
    ? l10n.t('Potential N+1: `{0}` makes one query for {1}.', callText, items)
    : l10n.t('Potential N+1: `{0}` makes one "{1}" query for {2}.', callText, query.table, items)
}

/** What people call one item: its own name if that says something, else the singular of the list's. */
function itemName({ item, items }: Loop): string {
  if (item !== null && /^\w{3,}$/.test(item)) return item
  const list = /(\w+)$/.exec(items ?? '')?.[1]
  return list === undefined || singular(list) === list ? l10n.t('item') : singular(list)
}

function fixesFor(repetition: Repetition): ProposedFix[] {
  const isLookup = repetition.query.operation === 'one' || repetition.query.bound === 'unique-key'
  return isLookup ? [eagerLoad(repetition), batch(repetition)] : [batch(repetition)]
}

function eagerLoad({ query, loop }: Repetition): ProposedFix {
  return {
    id: 'eager-load',
    title:
      query.table === null
        ? l10n.t('Load the rows together with the list (no query per {0})', itemName(loop))
        : l10n.t('Load "{0}" rows together with the list (no query per {1})', query.table, itemName(loop)),
    safety: 'safe',
    intention: { kind: 'eager-load', query: query.id },
  }
}

function batch({ query, loop }: Repetition): ProposedFix {
  return {
    id: 'batch',
    title: batchTitle(query, itemName(loop)),
    safety: 'safe',
    intention: { kind: 'batch', query: query.id },
  }
}

function batchTitle({ operation, table }: QueryCall, item: string): string {
  if (operation === 'count')
    return table === null
      ? l10n.t('Count all rows in one query (1 instead of 1 per {0})', item)
      : l10n.t('Count all {0} in one query (1 instead of 1 per {1})', table, item)
  return table === null
    ? l10n.t('Load all rows in one query (1 instead of 1 per {0})', item)
    : l10n.t('Load all {0} in one query (1 instead of 1 per {1})', table, item)
}
