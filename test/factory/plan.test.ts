import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'

import { Failure } from '../../src/model/failure.ts'
import type { SeedPlan, TablePlan } from '../../src/model/seed-plan.ts'
import type { PlanOptions } from '../../src/factory/plan.ts'
import { blogSql, createDatabase, planFor } from './temporary-database.ts'

async function planOf(context: TestContext, sql: string, options: PlanOptions = {}): Promise<SeedPlan> {
  return planFor(createDatabase(context, sql), options)
}

function tableOf(plan: SeedPlan, name: string): TablePlan {
  return plan.tables.find((table) => table.table.name === name) ?? assert.fail(`${name} is not planned`)
}

function failsWith(code: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof Failure, String(error))
    assert.equal(error.data.code, code)
    assert.match(error.message, message)
    return true
  }
}

test('parents come before their children, and bookkeeping is left alone', async (context) => {
  const plan = await planOf(context, blogSql)
  const order = plan.tables.map((table) => table.table.name)
  assert.deepEqual(order.toSorted(), [
    'activities',
    'follows',
    'post_tags',
    'posts',
    'profiles',
    'tags',
    'users',
  ])
  for (const { table } of plan.tables) {
    for (const { referencedTable } of table.foreignKeys) {
      assert.ok(
        order.indexOf(referencedTable) <= order.indexOf(table.name),
        `${table.name} → ${referencedTable}`,
      )
    }
  }
})

test('the same input gives the same plan, which survives JSON', async (context) => {
  const options = { rows: { users: 10 }, per: { activities: 5 } }
  const plan = await planOf(context, blogSql, options)
  assert.deepEqual(await planOf(context, blogSql, options), plan)
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan)
})

test('per counts for the parent that was asked for, and says so', async (context) => {
  const activities = tableOf(
    await planOf(context, blogSql, { rows: { users: 10 }, per: { activities: 500 } }),
    'activities',
  )
  assert.equal(activities.rows, 5000)
  assert.equal(activities.reason, 'exactly 500 for each of 10 new rows of `users`')
  const byPosts = await planOf(context, blogSql, { rows: { posts: 3 }, per: { activities: 4 } })
  assert.equal(tableOf(byPosts, 'activities').reason, 'exactly 4 for each of 3 new rows of `posts`')
  const byExisting = await planOf(context, blogSql, { rows: { users: 0, posts: 0 }, per: { activities: 4 } })
  assert.match(tableOf(byExisting, 'activities').reason, /exactly 4 for each of 2 existing rows/)
})

test('each column says where its values come from', async (context) => {
  const { columns } = tableOf(await planOf(context, blogSql), 'users')
  const generators = Object.fromEntries(columns.map((column) => [column.column, column.generator]))
  assert.deepEqual(generators, {
    id: 'row-id',
    name: 'person-name',
    email: 'email',
    role: 'choice',
    manager_id: 'parent',
    created_at: 'time',
  })
  assert.ok(columns.every((column) => column.reason.length > 3))
})

test('an unknown table is refused with the list of tables', async (context) => {
  const expected = failsWith(
    'HR_SEED_TABLE',
    /There is no table `usres`\. The tables are activities, follows, .*users\./,
  )
  await assert.rejects(planOf(context, blogSql, { rows: { usres: 1 } }), expected)
  await assert.rejects(planOf(context, blogSql, { exclude: ['usres'] }), expected)
})

test('numbers that cannot be kept are refused', async (context) => {
  await assert.rejects(
    planOf(context, blogSql, { rows: { users: -1 } }),
    failsWith('HR_SEED_ROWS', /whole number/),
  )
  await assert.rejects(
    planOf(context, blogSql, { rows: { users: 1.5 } }),
    failsWith('HR_SEED_ROWS', /whole number/),
  )
  await assert.rejects(
    planOf(context, blogSql, { per: { tags: 3 } }),
    failsWith('HR_SEED_ROWS', /--rows tags/),
  )
  const both = { rows: { activities: 1 }, per: { activities: 1 } }
  await assert.rejects(planOf(context, blogSql, both), failsWith('HR_SEED_ROWS', /both/))
  const tooMany = { rows: { users: 10, profiles: 11 } }
  await assert.rejects(
    planOf(context, blogSql, tooMany),
    failsWith('HR_SEED_ROWS', /at most 10 new rows, not 11/),
  )
  const pairs = { rows: { posts: 2, tags: 1 }, per: { post_tags: 9 } }
  await assert.rejects(
    planOf(context, blogSql, pairs),
    failsWith('HR_SEED_ROWS', /at most 6 new rows, not 18/),
  )
})

test('a circle breaks where a reference may be NULL', async (context) => {
  const sql = `CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER NOT NULL REFERENCES b (id));
    CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id))`
  const plan = await planOf(context, sql)
  assert.deepEqual(
    plan.tables.map((table) => table.table.name),
    ['b', 'a'],
  )
  assert.equal(tableOf(plan, 'b').columns[1]?.generator, 'nothing')
})

test('a circle that cannot break is refused by name, or left out on request', async (context) => {
  const sql = `CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER NOT NULL REFERENCES b (id));
    CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a (id)); CREATE TABLE c (id INTEGER PRIMARY KEY)`
  await assert.rejects(planOf(context, sql), failsWith('HR_SEED_CYCLE', /`a` → `b` → `a`/))
  const plan = await planOf(context, sql, { exclude: ['a', 'b'] })
  assert.deepEqual(
    plan.tables.map((table) => table.table.name),
    ['c'],
  )
})

test('tables that could not be undone exactly are left out with the reason', async (context) => {
  const sql = `CREATE TABLE log (line TEXT); CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE audit (id INTEGER PRIMARY KEY);
    CREATE TABLE orders (id INTEGER PRIMARY KEY);
    CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders (id));
    CREATE TRIGGER orders_audit AFTER INSERT ON orders BEGIN INSERT INTO audit VALUES (NULL); END`
  const plan = await planOf(context, sql)
  assert.deepEqual(
    plan.tables.map((table) => table.table.name),
    ['audit', 'users'],
  )
  assert.deepEqual(plan.warnings.length, 3)
  assert.match(plan.warnings.join('\n'), /`log` is left out: it has no primary key/)
  assert.match(plan.warnings.join('\n'), /`orders` is left out: .*orders_audit/)
  assert.match(plan.warnings.join('\n'), /`items` is left out: it needs rows in `orders`/)
  await assert.rejects(
    planOf(context, sql, { rows: { log: 5 } }),
    failsWith('HR_SEED_LEFT_OUT', /no primary key/),
  )
})

test('scales differ in the number of rows', async (context) => {
  const rows = async (scale: 'small' | 'medium' | 'production') =>
    tableOf(await planOf(context, blogSql, { scale }), 'users').rows
  assert.deepEqual(
    [await rows('small'), await rows('medium'), await rows('production')],
    [1000, 10_000, 100_000],
  )
})

test('an empty database is refused', async (context) => {
  await assert.rejects(planOf(context, ''), failsWith('HR_SEED_EMPTY', /no table to seed/))
})
