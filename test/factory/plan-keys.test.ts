import assert from 'node:assert/strict'
import { test } from 'node:test'

import { exampleColumn } from '../../src/factory/generators/generator.ts'
import { planSeed } from '../../src/factory/plan.ts'
import { Failure } from '../../src/model/failure.ts'
import type { Table } from '../../src/model/schema.ts'
import type { SeedPlan, TablePlan } from '../../src/model/seed-plan.ts'
import { column, numbered, planTables, reference, rowsOf, table, violations } from './plan-rows.ts'

function planned(plan: SeedPlan, name: string): TablePlan {
  return plan.tables.find((each) => each.table.name === name) ?? assert.fail(`${name} is not planned`)
}

function generatorOf(plan: SeedPlan, name: string, columnName: string): string | undefined {
  return planned(plan, name).columns.find((each) => each.column === columnName)?.generator
}

test('tables that need each other are filled all the same', () => {
  const plan = planTables(
    { rows: { teams: 40, users: 200 } },
    numbered('teams', [column('captain_id')], [reference('captain_id', 'users')]),
    numbered('users', [column('team_id')], [reference('team_id', 'teams')]),
  )
  assert.deepEqual(violations(plan), [])
  assert.equal(generatorOf(plan, 'teams', 'captain_id'), 'parent')
  assert.equal(generatorOf(plan, 'users', 'team_id'), 'parent')
  const captains = new Set(
    rowsOf(plan)
      .get('teams')
      ?.map((row) => row.captain_id),
  )
  assert.ok(captains.size > 20, 'captains are chosen from all users')
})

test('a circle of three tables, one link of it optional, has no empty reference', () => {
  const plan = planTables(
    { rows: { a: 30, b: 30, c: 30 } },
    numbered('a', [column('b_id')], [reference('b_id', 'b')]),
    numbered('b', [column('c_id')], [reference('c_id', 'c')]),
    numbered('c', [column('a_id', 'integer', { nullable: true })], [reference('a_id', 'a')]),
  )
  assert.deepEqual(
    plan.tables.map((each) => each.table.name),
    ['c', 'b', 'a'],
  )
  assert.deepEqual(violations(plan), [])
  assert.ok(
    rowsOf(plan)
      .get('c')
      ?.every((row) => row.a_id !== null),
  )
})

test('in a circle, one-to-one references limit each other', () => {
  const plan = planTables(
    { rows: { users: 12 } },
    numbered('profiles', [column('user_id')], [reference('user_id', 'users')], { uniques: [['user_id']] }),
    numbered('users', [column('profile_id')], [reference('profile_id', 'profiles')]),
  )
  assert.equal(planned(plan, 'profiles').rows, 12)
  assert.deepEqual(violations(plan), [])
})

test('keys that hold each other are refused by name', () => {
  const plan = planTables(
    {},
    numbered('others'),
    numbered('a', [], [reference('id', 'b')]),
    numbered('b', [], [reference('id', 'a')]),
  )
  assert.deepEqual(
    plan.tables.map((each) => each.table.name),
    ['others'],
  )
  assert.match(plan.warnings.join('\n'), /a\.id → b\.id → a\.id hold each other's values/)
})

test('a table that refers to itself begins with a row that refers to itself', () => {
  const plan = planTables(
    { rows: { nodes: 50 } },
    numbered('nodes', [column('parent_id')], [reference('parent_id', 'nodes')]),
  )
  assert.deepEqual(violations(plan), [])
  const rows = rowsOf(plan).get('nodes') ?? []
  assert.equal(rows[0]?.parent_id, rows[0]?.id)
  assert.ok(rows.slice(1).every((row) => Number(row.parent_id) < Number(row.id)))
})

const tenants = numbered('tenants')
const ofTenant = (name: string, more = {}) =>
  table(name, [column('tenant_id'), column('id')], [reference('tenant_id', 'tenants')], {
    primaryKey: ['tenant_id', 'id'],
    ...more,
  })

test('a reference that another one implies follows it', () => {
  const plan = planTables(
    { rows: { tenants: 10, projects: 50, tasks: 300 } },
    tenants,
    ofTenant('projects'),
    numbered(
      'tasks',
      [column('tenant_id'), column('project_id')],
      [reference('tenant_id', 'tenants'), reference('tenant_id,project_id', 'projects', 'tenant_id,id')],
    ),
  )
  assert.equal(generatorOf(plan, 'tasks', 'tenant_id'), 'parent')
  assert.deepEqual(violations(plan), [])
})

test('two references with a column in common refer to rows of the same tenant', () => {
  const plan = planTables(
    { rows: { tenants: 10, projects: 60, users: 80, tasks: 500 } },
    tenants,
    ofTenant('projects'),
    ofTenant('users'),
    numbered(
      'tasks',
      [column('tenant_id'), column('project_id'), column('user_id')],
      [
        reference('tenant_id', 'tenants'),
        reference('tenant_id,project_id', 'projects', 'tenant_id,id'),
        reference('tenant_id,user_id', 'users', 'tenant_id,id'),
      ],
    ),
  )
  assert.deepEqual(violations(plan), [])
  const rows = rowsOf(plan).get('tasks') ?? []
  assert.ok(new Set(rows.map((row) => row.user_id)).size > 20)
  assert.ok(new Set(rows.map((row) => row.project_id)).size > 20)
})

test('an optional one of them is left empty where the tenant has none', () => {
  const plan = planTables(
    { rows: { tenants: 40, projects: 60, users: 3, tasks: 300 } },
    tenants,
    ofTenant('projects'),
    ofTenant('users'),
    numbered(
      'tasks',
      [column('tenant_id'), column('project_id'), column('user_id', 'integer', { nullable: true })],
      [
        reference('tenant_id,project_id', 'projects', 'tenant_id,id'),
        reference('tenant_id,user_id', 'users', 'tenant_id,id'),
      ],
    ),
  )
  assert.deepEqual(violations(plan), [])
  const users =
    rowsOf(plan)
      .get('tasks')
      ?.map((row) => row.user_id) ?? []
  assert.ok(users.includes(null) && users.some((user) => user !== null))
})

test('a join table of two tables of one tenant has each pair once', () => {
  const plan = planTables(
    { rows: { tenants: 5, projects: 20, users: 30, members: 60 } },
    tenants,
    ofTenant('projects'),
    ofTenant('users'),
    table(
      'members',
      [column('tenant_id'), column('project_id'), column('user_id')],
      [
        reference('tenant_id,project_id', 'projects', 'tenant_id,id'),
        reference('tenant_id,user_id', 'users', 'tenant_id,id'),
      ],
      { primaryKey: ['tenant_id', 'project_id', 'user_id'] },
    ),
  )
  assert.deepEqual(violations(plan), [])
})

function employees(nullable: boolean) {
  return table(
    'employees',
    [column('tenant_id'), column('id'), column('manager_id', 'integer', { nullable })],
    [reference('tenant_id', 'tenants'), reference('tenant_id,manager_id', 'employees', 'tenant_id,id')],
    { primaryKey: ['tenant_id', 'id'] },
  )
}

test('a manager is an earlier one of the same tenant', () => {
  for (const nullable of [true, false]) {
    const plan = planTables({ rows: { tenants: 4, employees: 60 } }, tenants, employees(nullable))
    assert.deepEqual(violations(plan), [])
    const rows = rowsOf(plan).get('employees') ?? []
    assert.ok(rows.some((row) => row.manager_id !== null && row.manager_id !== row.id))
    assert.equal(
      rows.some((row) => row.manager_id === null),
      nullable,
    )
  }
})

test('several unique sets are kept, also with nullable columns', () => {
  const plan = planTables(
    { rows: { users: 30, rooms: 8 }, scale: 'small' },
    numbered('users'),
    numbered('rooms'),
    numbered(
      'seats',
      [
        column('user_id'),
        column('room_id'),
        column('row_number'),
        column('badge', 'text', { nullable: true, maxLength: 12 }),
        column('locker_id', 'integer', { nullable: true }),
      ],
      [reference('user_id', 'users'), reference('room_id', 'rooms'), reference('locker_id', 'rooms')],
      {
        uniques: [['user_id', 'room_id'], ['room_id', 'row_number'], ['badge'], ['room_id', 'locker_id']],
      },
    ),
  )
  assert.ok(planned(plan, 'seats').rows >= 20)
  assert.deepEqual(violations(plan), [])
})

test('a unique set of a reference and few values, days or small numbers is numbered through', () => {
  const plan = planTables(
    { rows: { products: 40 }, per: { translations: 4, prices: 9, steps: 6 } },
    numbered('products'),
    table(
      'translations',
      [column('product_id'), column('locale', 'text', { maxLength: 5 })],
      [reference('product_id', 'products')],
      { primaryKey: ['product_id', 'locale'] },
    ),
    table(
      'prices',
      [column('product_id'), column('day', 'date', { timeFormat: 'day' })],
      [reference('product_id', 'products')],
      { primaryKey: ['product_id', 'day'] },
    ),
    table(
      'steps',
      [column('product_id'), column('position', 'integer', { range: { min: 0, max: 127 } })],
      [reference('product_id', 'products')],
      { primaryKey: ['product_id', 'position'] },
    ),
  )
  assert.deepEqual(violations(plan), [])
  assert.deepEqual(
    ['translations', 'prices', 'steps'].map((name) => planned(plan, name).rows),
    [160, 360, 240],
  )
})

test('a primary key that is a foreign key, and one that refers to that one', () => {
  const plan = planTables(
    { rows: { users: 20, kinds: 30 } },
    numbered('users'),
    table('profiles', [column('user_id'), column('bio', 'text')], [reference('user_id', 'users')], {
      primaryKey: ['user_id'],
    }),
    table('avatars', [column('profile_id')], [reference('profile_id', 'profiles', 'user_id')], {
      primaryKey: ['profile_id'],
    }),
    numbered('kinds'),
    table(
      'badges',
      [column('kind_id'), column('profile_id')],
      [reference('kind_id', 'kinds'), reference('profile_id', 'profiles', 'user_id')],
      { primaryKey: ['kind_id', 'profile_id'] },
    ),
    numbered('visits', [column('profile_id')], [reference('profile_id', 'profiles', 'user_id')]),
  )
  assert.deepEqual(violations(plan), [])
  assert.equal(planned(plan, 'avatars').rows, 20)
  const badge = planned(plan, 'badges').columns.find((each) => each.column === 'profile_id')
  assert.match(JSON.stringify(badge?.options.digits), /"among":"new"/)
  const visit = planned(plan, 'visits').columns.find((each) => each.column === 'profile_id')
  assert.equal(visit?.options.among, 'new', 'rows of earlier runs have keys that only their own run knows')
})

test('small keys limit the rows', () => {
  const tiny = table(
    'codes',
    [column('id', 'integer', { declaredType: 'TINYINT', range: { min: -128, max: 127 } })],
    [],
    {
      rowCount: 7,
    },
  )
  const plan = planTables({ scale: 'production' }, tiny)
  assert.equal(planned(plan, 'codes').rows, 120)
  assert.match(planned(plan, 'codes').reason, /id has only 120 free numbers \(TINYINT\)/)
  assert.throws(
    () => planTables({ rows: { codes: 121 } }, tiny),
    (error: unknown) =>
      error instanceof Failure && /`codes` can get at most 120 new rows, not 121/.test(error.message),
  )
})

function time(name: string, nullable = false) {
  return column(name, 'datetime', { timeFormat: 'sql', nullable })
}

test('greater columns are derived from lesser ones', () => {
  const plan = planTables(
    { rows: { bookings: 300 } },
    numbered(
      'bookings',
      [
        time('starts_at'),
        time('ends_at'),
        time('paid_at', true),
        time('refunded_at'),
        column('min_guests'),
        column('max_guests', 'integer', { range: { max: 40 } }),
        column('discount', 'decimal', { digits: { precision: 8, scale: 2 } }),
        column('price', 'decimal', { digits: { precision: 8, scale: 2 } }),
        column('opens', 'time'),
        column('closes', 'time'),
        column('first_day', 'date', { timeFormat: 'day' }),
        column('last_day', 'date', { timeFormat: 'day' }),
      ],
      [],
      {
        comparisons: [
          { lesser: 'starts_at', greater: 'ends_at', orEqual: false },
          { lesser: 'paid_at', greater: 'refunded_at', orEqual: true },
          { lesser: 'discount', greater: 'price', orEqual: false },
          { lesser: 'opens', greater: 'closes', orEqual: false },
          { lesser: 'first_day', greater: 'last_day', orEqual: false },
        ],
      },
    ),
  )
  assert.deepEqual(violations(plan), [])
  assert.deepEqual(plan.warnings, [])
})

const users = numbered('users')
const ofTwo = (more: Partial<Table>) =>
  numbered(
    'pairs',
    [column('low_id'), column('high_id')],
    [reference('low_id', 'users'), reference('high_id', 'users')],
    more,
  )

test('pairs of one table come once, in order where a CHECK wants it', () => {
  const plan = planTables(
    { rows: { users: 21, pairs: 210 } },
    users,
    ofTwo({
      uniques: [['low_id', 'high_id']],
      comparisons: [{ lesser: 'low_id', greater: 'high_id', orEqual: false }],
    }),
  )
  assert.equal(planned(plan, 'pairs').rows, 210, 'all pairs of 21 rows')
  assert.deepEqual(violations(plan), [])
  assert.deepEqual(plan.warnings, [])
})

test('two references are never to the same row where a CHECK wants that', () => {
  for (const check of ['CHECK (low_id <> high_id)', '((low_id <> high_id))', 'low_id != "high_id"']) {
    const plan = planTables({ rows: { users: 12, pairs: 900 } }, users, ofTwo({ otherChecks: [check] }))
    const same = rowsOf(plan)
      .get('pairs')
      ?.filter((row) => row.low_id === row.high_id)
    assert.deepEqual(same, [])
    assert.deepEqual(violations(plan), [])
    assert.deepEqual(plan.warnings, [])
  }
})

test('a comparison of references that are no pair is told of', () => {
  const plan = planTables(
    { rows: { users: 20 } },
    users,
    ofTwo({ comparisons: [{ lesser: 'low_id', greater: 'high_id', orEqual: false }] }),
  )
  assert.match(plan.warnings.join(), /`pairs`: nothing sees to it that low_id < high_id/)
})

test('what cannot be understood is planned with a warning, what cannot be made is refused by name', () => {
  const plan = planTables(
    {},
    numbered('a', [column('x')], [], { otherChecks: ['CHECK (luhn(x))'] }),
    numbered('b', [column('area', 'other', { declaredType: 'geometry', nullable: true })]),
    numbered('c', [column('area', 'other', { declaredType: 'geometry', hasDefault: true })]),
    numbered('d', [column('area', 'other', { declaredType: 'mood_ring' })]),
    numbered('e', [], [], { triggers: ['e_audit'] }),
  )
  const warnings = plan.warnings.join('\n')
  assert.match(warnings, /`a` has a condition that was not understood: CHECK \(luhn\(x\)\)/)
  assert.equal(generatorOf(plan, 'b', 'area'), 'nothing')
  assert.equal(generatorOf(plan, 'c', 'area'), undefined, 'left to its default')
  assert.match(warnings, /`d` is left out: .*area \(mood_ring\), which has no default/)
  assert.match(warnings, /`e` is left out: .*e_audit.*triggers: "fire"/)
})

test('triggers fire where the user says so, with a warning', () => {
  const plan = planTables(
    { tables: { e: { triggers: 'fire' } } },
    numbered('e', [], [], { triggers: ['e_audit'] }),
  )
  assert.ok(planned(plan, 'e').rows > 0)
  assert.match(
    plan.warnings.join(),
    /`e` is filled with its triggers e_audit as you asked: undo can't take back/,
  )
})

test('a column that is named like a reference is one, where the types agree', () => {
  const plan = planTables(
    { rows: { users: 30, orders: 60 } },
    numbered('users'),
    numbered('orders', [
      column('user_id'),
      column('owner_id'),
      column('external_id', 'text'),
      column('item_id'),
      column('item_type', 'text'),
    ]),
    numbered('items'),
  )
  assert.equal(generatorOf(plan, 'orders', 'user_id'), 'parent')
  assert.equal(generatorOf(plan, 'orders', 'owner_id'), 'parent')
  assert.notEqual(generatorOf(plan, 'orders', 'item_id'), 'parent', 'item_type says which table it is')
  const userId = planned(plan, 'orders').columns.find((each) => each.column === 'user_id')
  assert.match(userId?.reason ?? '', /→ users\.id \(no foreign key, but named like a reference\)/)
  assert.deepEqual(violations(plan), [])
})

test('references that the code knows are followed', () => {
  const plan = planTables(
    {
      rows: { users: 30, orders: 60 },
      references: [
        {
          table: 'orders',
          column: 'buyer',
          referencedTable: 'users',
          referencedColumn: 'id',
          reason: 'a relation in the code',
        },
      ],
    },
    numbered('users'),
    numbered('orders', [column('buyer')]),
  )
  assert.deepEqual(planned(plan, 'orders').table.foreignKeys[0]?.referencedTable, 'users')
  assert.deepEqual(violations(plan), [])
})

test('a set that is unique for a part of the rows only does not tell rows apart', () => {
  const code = { ...exampleColumn('code', 'text', 'TEXT'), maxLength: 20 }
  const slots: Table = {
    name: 'slots',
    columns: [code],
    primaryKey: [],
    foreignKeys: [],
    uniques: [['code']],
    rowCount: 0,
  }
  const options = { rows: { slots: 5 } }
  assert.equal(planSeed({ dialect: 'postgres', tables: [slots] }, options).tables[0]?.rows, 5)
  assert.throws(
    () => planSeed({ dialect: 'postgres', tables: [{ ...slots, partialUniques: [['code']] }] }, options),
    /`slots` cannot be seeded: it has no primary key and no other unique columns/,
  )
})
