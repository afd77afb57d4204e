import * as l10n from '@vscode/l10n'
import type { Facts, QueryCall } from '../facts.ts'
import { groupBy, type Rule } from './rule.ts'

/** A read whose rows could be kept for a while. */
export const cache: Rule = {
  id: 'cache',
  severity: 'info',
  scaffold: true,
  title: 'Read that could be cached',
  docs: {
    what: 'Offers to keep the rows of an awaited query of a GET route for 30 seconds, by every value that the query depends on.',
    why: 'Rows that are read far more often than they change cost the database the same every time. While they are loaded, all requests for them wait for one load, so that an expired entry doesn’t bring a burst of equal queries.',
    fineWhen: [
      'Clients must see a change at once.',
      'The rows depend on something that the query doesn’t name, such as row-level security.',
    ],
    fixSafety:
      'Review: clients may see rows that are half a minute old, and requests share them, so that nothing may change them. At most 1,000 results are kept by each process; a failed load is not kept.',
  },
  examples: [
    {
      title: 'Express with Knex',
      before: `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/authors/:id/posts', async (req, res) => {
  const posts = await db('posts').where({ authorId: req.params.id }).orderBy('id').limit(20)
  res.json(posts)
})
`,
      after: `import express from 'express'
import knex from 'knex'

const cachedAtMost = 1000
const cachedLoads = new Map<string, { until: number; loading: Promise<unknown> }>()

// Keeps what was loaded for a key; who asks while it is being loaded shares that load. What it gives must not be changed.
function cached<T>(key: string, ttlMs: number, load: () => T): Promise<Awaited<T>> {
  const known = cachedLoads.get(key)
  if (known && known.until > Date.now()) return known.loading as Promise<Awaited<T>>
  const loading = Promise.resolve(load())
  // ± 10 %, so that what was loaded together doesn’t expire together.
  const entry = { until: Date.now() + ttlMs * (0.9 + Math.random() * 0.2), loading }
  cachedLoads.delete(key)
  cachedLoads.set(key, entry)
  const [oldest] = cachedLoads.keys()
  if (oldest !== undefined && cachedLoads.size > cachedAtMost) cachedLoads.delete(oldest)
  // A load that failed is not kept.
  loading.catch(() => {
    if (cachedLoads.get(key) === entry) cachedLoads.delete(key)
  })
  return loading
}

const db = knex({ client: 'pg' })
const app = express()

app.get('/authors/:id/posts', async (req, res) => {
  const posts = await cached(\`posts:\${JSON.stringify([req.params.id])}\`, 30_000, () =>
    db('posts').where({ authorId: req.params.id }).orderBy('id').limit(20)
  )
  res.json(posts)
})
`,
    },
  ],
  detect: (facts) => {
    const reads = new Set(facts.handlers.flatMap(({ id, route }) => (route.method === 'GET' ? [id] : [])))
    const sites = groupBy(offered(facts, reads), ({ site }) => site)
    return sites.map(([query, ...others]) => ({
      span: query.span,
      message: l10n.t('Every request reads these "{0}" rows anew.', query.table ?? ''),
      evidence: [query.id, ...others.map(({ id }) => id)],
      fixes: [
        {
          id: 'cache',
          title: l10n.t('Keep the rows for 30 seconds (clients may see them that old)'),
          safety: 'review',
          intention: { kind: 'cache', site: query.id },
        },
      ],
    }))
  },
}

/** The queries that only GET routes make, in their handlers or functions that these call, once a request. */
function offered({ queries }: Facts, reads: ReadonlySet<string>): QueryCall[] {
  const isOffered = (query: QueryCall): boolean => reads.has(query.handler) && isPlainRead(query)
  const refused = new Set(queries.filter((query) => !isOffered(query)).map(({ site }) => site))
  return queries.filter(({ site }) => !refused.has(site))
}

function isPlainRead(query: QueryCall): boolean {
  const { operation, table, path, loops, bound, inTransaction } = query
  const isRead = operation === 'one' || operation === 'many'
  return (
    isRead && table !== null && path.length <= 2 && loops.length === 0 && bound !== 'stream' && !inTransaction
  )
}
