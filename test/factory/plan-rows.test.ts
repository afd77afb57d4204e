import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { SeedPlan } from '../../src/model/seed-plan.ts'
import { column, numbered, planTables, reference, rowsOf, table, violations } from './plan-rows.ts'

function counts(plan: SeedPlan): Readonly<Record<string, number>> {
  return Object.fromEntries(plan.tables.map((each) => [each.table.name, each.rows]))
}

const shop = [
  numbered('countries', [column('name', 'text')]),
  numbered('roles', [column('name', 'text')]),
  numbered('organizations', [column('country_id')], [reference('country_id', 'countries')]),
  numbered(
    'users',
    [column('role_id'), column('organization_id'), column('email', 'text')],
    [reference('role_id', 'roles'), reference('organization_id', 'organizations')],
  ),
  numbered('orders', [column('user_id')], [reference('user_id', 'users')]),
  numbered('products', [column('name', 'text')]),
  table(
    'order_products',
    [column('order_id'), column('product_id')],
    [reference('order_id', 'orders'), reference('product_id', 'products')],
    { primaryKey: ['order_id', 'product_id'] },
  ),
  numbered(
    'audit_logs',
    [column('user_id'), column('order_id', 'integer', { nullable: true })],
    [reference('user_id', 'users'), reference('order_id', 'orders')],
  ),
]

test('each kind of table gets its usual number of rows at production scale', () => {
  const plan = planTables({ scale: 'production' }, ...shop)
  assert.deepEqual(counts(plan), {
    countries: 200,
    organizations: 500,
    products: 100_000,
    roles: 6,
    users: 100_000,
    audit_logs: 50_000_000,
    orders: 500_000,
    order_products: 2_000_000,
  })
  const reasons = new Map(plan.tables.map((each) => [each.table.name, each.reason]))
  assert.equal(reasons.get('countries'), 'production scale, a look-up table')
  assert.match(
    reasons.get('audit_logs') ?? '',
    /^production scale, about 500 for each new row of `users`, few have many: the hottest gets about \d\d\d,\d\d\d$/,
  )
})

test('usual numbers are lowered to what the disk has room for, those asked for are kept', () => {
  const free = 4 * 1024 ** 3
  const roomy = counts(planTables({ scale: 'production' }, ...shop))
  const plan = planTables({ scale: 'production', freeBytes: free }, ...shop)
  assert.ok((counts(plan).audit_logs ?? 0) < (roomy.audit_logs ?? 0) / 2)
  assert.equal(counts(plan).users, 100_000)
  assert.match(plan.tables.find((each) => each.table.name === 'audit_logs')?.reason ?? '', /fewer than usual/)
  const asked = planTables({ scale: 'production', freeBytes: free, per: { audit_logs: 500 } }, ...shop)
  assert.equal(counts(asked).audit_logs, 50_000_000)
})

test('many logs share what a scale allows in all', () => {
  const logs = ['events', 'page_views', 'clicks', 'messages'].map((name) =>
    numbered(name, [column('user_id')], [reference('user_id', 'users')]),
  )
  const plan = planTables({ scale: 'production' }, numbered('users'), ...logs)
  const total = plan.tables.reduce((sum, { rows }) => sum + rows, 0)
  assert.ok(total <= 120_000_000 && total > 60_000_000, String(total))
})

test('the most popular parent gets what the plan says', () => {
  const plan = planTables(
    { rows: { users: 400 }, per: { posts: 60 } },
    numbered('users'),
    numbered('posts', [column('user_id')], [reference('user_id', 'users')]),
  )
  const said = /the hottest gets ([\d,]+)$/.exec(plan.tables[1]?.reason ?? '')?.[1]?.replaceAll(',', '')
  const children = new Map<unknown, number>()
  for (const row of rowsOf(plan).get('posts') ?? [])
    children.set(row.user_id, (children.get(row.user_id) ?? 0) + 1)
  assert.equal(Math.max(...children.values()), Number(said))
})

test('no row is older than its parent', () => {
  const time = column('created_at', 'datetime', { timeFormat: 'sql' })
  const plan = planTables(
    { rows: { users: 300, posts: 900 } },
    numbered('users', [time]),
    numbered('posts', [column('user_id'), time], [reference('user_id', 'users')]),
  )
  const rows = rowsOf(plan)
  const users = new Map(rows.get('users')?.map((row) => [row.id, String(row.created_at)]))
  for (const row of rows.get('posts') ?? []) {
    assert.ok(String(row.created_at) >= (users.get(row.user_id ?? 0) ?? ''), JSON.stringify(row))
  }
})

test('rows of the config are those of the options, which win', () => {
  const tables = { users: { rows: 50 }, orders: { per: 3 } }
  assert.deepEqual(counts(planTables({ tables }, ...shop)).orders, 150)
  assert.deepEqual(counts(planTables({ tables, rows: { users: 10 } }, ...shop)).orders, 30)
  assert.deepEqual(counts(planTables({ tables, rows: { orders: 7 } }, ...shop)).orders, 7)
})

test('a schema of everything at small scale breaks nothing', () => {
  assert.deepEqual(violations(planTables({}, ...shop)), [])
})
