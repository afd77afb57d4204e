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
  assert.match(
    activities.reason,
    /^about 500 for each of 10 new rows of `users`, few have many: the hottest gets 1,\d{3}$/,
  )
  const byPosts = await planOf(context, blogSql, { rows: { posts: 3 }, per: { activities: 4 } })
  assert.match(tableOf(byPosts, 'activities').reason, /^about 4 for each of 3 new rows of `posts`/)
  const byExisting = await planOf(context, blogSql, { rows: { users: 0, posts: 0 }, per: { activities: 4 } })
  assert.match(tableOf(byExisting, 'activities').reason, /about 4 for each of 2 existing rows/)
})

test('children are shared out as the user wants', async (context) => {
  const database = createDatabase(context, blogSql)
  const userId = async (distribution: 'zipf' | 'exact' | 'uniform') => {
    const options = { rows: { users: 10 }, per: { activities: 50 }, tables: { activities: { distribution } } }
    const table = tableOf(await planFor(database, options), 'activities')
    return { reason: table.reason, plan: table.columns.find(({ column }) => column === 'user_id') }
  }
  const exact = await userId('exact')
  assert.equal(exact.reason, 'exactly 50 for each of 10 new rows of `users`')
  assert.equal(exact.plan?.generator, 'parent-each')
  assert.equal(exact.plan?.options.per, 50)
  const uniform = await userId('uniform')
  assert.equal(uniform.reason, 'about 50 for each of 10 new rows of `users`')
  assert.equal(uniform.plan?.options.distribution, 'uniform')
  assert.equal((await userId('zipf')).plan?.options.among, 'made')
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

test('a circle begins where a reference may be NULL, and is closed all the same', async (context) => {
  const sql = `CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER NOT NULL REFERENCES b (id));
    CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id))`
  const plan = await planOf(context, sql)
  assert.deepEqual(
    plan.tables.map((table) => table.table.name),
    ['b', 'a'],
  )
  assert.equal(tableOf(plan, 'b').columns[1]?.generator, 'parent')
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
  const rows = async (scale: 'small' | 'medium' | 'production', name: string) =>
    tableOf(await planOf(context, blogSql, { scale }), name).rows
  assert.deepEqual(
    [await rows('small', 'users'), await rows('medium', 'users'), await rows('production', 'users')],
    [1000, 10_000, 100_000],
  )
  assert.deepEqual(
    [await rows('small', 'activities'), await rows('production', 'activities')],
    [20_000, 50_000_000],
  )
  assert.equal(await rows('production', 'tags'), 200)
})

test('an empty database is refused', async (context) => {
  await assert.rejects(planOf(context, ''), failsWith('HR_SEED_EMPTY', /no table to seed/))
})
