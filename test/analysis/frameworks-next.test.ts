import assert from 'node:assert/strict'
import { test } from 'node:test'
import { next } from '../../src/analysis/typescript/frameworks/next.ts'
import { inputsOf, queriesOf, routesOf } from './framework-probe.ts'

const config = { 'next.config.mjs': 'export default {}\n' }
const get = `export async function GET() { return Response.json([]) }\n`

test('Next: folders become paths, groups and slots vanish, private and intercepted folders are not served', () => {
  const files = {
    ...config,
    'app/(shop)/api/items/route.ts': get,
    'app/api/[team-id]/[...rest]/route.js': get,
    'app/api/[[...all]]/route.ts': get,
    'app/@modal/api/slots/route.ts': get,
    'app/_private/api/route.ts': get,
    'app/(.)photo/route.ts': get,
    'lib/app/route-helper.ts': get,
  }
  assert.deepEqual(
    routesOf(next, files).toSorted(),
    ['GET /api/:all*', 'GET /api/:team_id/:rest*', 'GET /api/items', 'GET /api/slots'].toSorted(),
  )
})

test('Next: every application of a monorepo has its own root', () => {
  const files = {
    'apps/web/next.config.js': 'module.exports = {}\n',
    'apps/web/app/app/api/route.ts': get,
    'packages/app/next.config.ts': 'export default {}\n',
    'packages/app/src/app/api/route.ts': get,
  }
  assert.deepEqual(routesOf(next, files), ['GET /app/api', 'GET /api'])
})

test('Next: exports under other names, from other files, wrapped or taken apart', () => {
  const files = {
    ...config,
    'lib/handler.ts': `const handler = async (req: Request) => Response.json({})\nexport { handler as GET, handler as POST }\n`,
    'app/api/a/route.ts': `export * from '../../../lib/handler'\n`,
    'app/api/b/route.ts': `export { GET as PUT } from '../../../lib/handler'\n`,
    'app/api/c/route.ts': `import { handlers } from '@/auth'\nexport const { GET, POST } = handlers\nexport const runtime = 'edge'\n`,
  }
  assert.deepEqual(routesOf(next, files).toSorted(), [
    'GET /api/a',
    'GET /api/c',
    'POST /api/a',
    'POST /api/c',
    'PUT /api/b',
  ])
})

test('Next: without a sign of Next, folders called app and pages mean nothing', () => {
  const files = { 'app/users/page.tsx': `export default async function Page() { return null }\n` }
  assert.deepEqual(routesOf(next, files), [])
})

/** An application with one API route. */
function page(body: string): Record<string, string> {
  return {
    ...config,
    'pages/api/x.ts': `export default async function handler(req, res) { ${body} }\n`,
  }
}

test('Next: methods of API routes are told apart only where that is certain', () => {
  assert.deepEqual(routesOf(next, page('res.json([])')), ['ALL /api/x'])
  assert.deepEqual(routesOf(next, page(`if (req.method === 'PUT') res.json({})`)), ['PUT /api/x'])
  const several = `if (req.method === 'GET') res.json([]); else if (req.method === 'POST') res.json({})`
  assert.deepEqual(routesOf(next, page(several)), ['ALL /api/x'])
})

test('Next: pages run with the layouts and asynchronous components around and in them', () => {
  const db = `import { knex } from 'knex'\nexport const db = knex({ client: 'pg' })\n`
  const files = {
    ...config,
    'db.ts': db,
    'app/shop/layout.tsx': `import { db } from '../../db'
export default async function Layout({ children }) { const menu = await db('menus'); return <div>{children}</div> }\n`,
    'app/shop/page.tsx': `import { db } from '../../db'
import { Reviews } from './reviews'
import { Chart } from './chart'
export default async function Page() { const items = await db('items'); return <ul><Reviews /><Chart items={items} /></ul> }\n`,
    'app/shop/reviews.tsx': `import { db } from '../../db'\nexport async function Reviews() { return <p>{await db('reviews')}</p> }\n`,
    'app/shop/chart.tsx': `'use client'\nexport function Chart({ items }) { return items.length }\n`,
  }
  assert.deepEqual(queriesOf(next, files), ['GET /shop: menus', 'GET /shop: reviews', 'GET /shop: items'])
})

test('Next: wrapped handlers and server actions are followed', () => {
  const files = {
    ...config,
    'db.ts': `import { knex } from 'knex'\nexport const db = knex({ client: 'pg' })\n`,
    'lib/auth.ts': `import { db } from '../db'
export const withUser = (handler) => async (req: Request) => { const user = await db('sessions').first(); return handler({ req, user }) }\n`,
    'app/api/items/route.ts': `import { db } from '../../../db'
import { withUser } from '../../../lib/auth'
export const GET = withUser(async ({ user }) => Response.json(await db('items').where({ user })))\n`,
    'app/items/actions.ts': `'use server'
import { db } from '../../db'
export async function addItem(form: FormData) { await db('items').insert({ name: form.get('name') }) }\n`,
    'app/page.tsx': `import { db } from '../db'
export default function Page() { async function clear() { 'use server'; await db('items').delete() } return <form action={clear} /> }\n`,
  }
  assert.deepEqual(queriesOf(next, files), [
    'GET /api/items: sessions',
    'GET /api/items: items',
    'POST /#clear: items',
    'POST /items#addItem: items',
  ])
})

test('Next: what handlers, pages and actions read of the request', () => {
  const files = {
    ...config,
    'app/api/[id]/route.ts': `import type { NextRequest } from 'next/server'
export async function GET(req: NextRequest, { params }: { params: Promise<{ id: string }> }) {
  const { searchParams } = new URL(req.url)
  const url = req.nextUrl
  const { id } = await params
  read(searchParams.get('limit'), url.searchParams.get('page'), req.nextUrl.searchParams.get('sort'), await req.json(), id, req.url)
}\n`,
    'app/items/page.tsx': `export default async function Page({ searchParams }) { const { page } = await searchParams; read(page, searchParams.size); return null }\n`,
    'app/items/actions.ts': `'use server'\nexport async function add(form: FormData, { id }: Item) { read(form.get('name'), id) }\n`,
    'pages/api/items.ts': `import type { NextApiRequest } from 'next'
export default function handler(req: NextApiRequest, res) { const { limit } = req.query; read(limit, req.body.name, req.headers) }\n`,
  }
  assert.deepEqual(inputsOf(next, files), [
    `form.get('name'): body.name`,
    'id: body.id',
    'page: query.page',
    'searchParams.size: query.size',
    'limit: query.limit',
    'req.body.name: body.name',
    'req.headers: none',
    `searchParams.get('limit'): query.limit`,
    `url.searchParams.get('page'): query.page`,
    `req.nextUrl.searchParams.get('sort'): query.sort`,
    'await req.json(): body',
    'id: parameters.id',
    'req.url: none',
  ])
})
