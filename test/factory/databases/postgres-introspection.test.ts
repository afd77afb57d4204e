import assert from 'node:assert/strict'
import { test } from 'node:test'

import { introspect } from '../../../src/factory/databases/postgres/introspection.ts'
import { readStorage } from '../../../src/factory/databases/postgres/storage.ts'
import { schemaSql } from '../schemas/schema-sql.ts'
import { columnOf, schemaOf, serveFile, skip, tableOf, withDatabase } from './postgres-introspected.ts'

serveFile()

test('Pagila: enums, domains, arrays, partitions, and triggers that fill a column', { skip }, async () => {
  const schema = await schemaOf(schemaSql('pagila', 'postgres'))
  assert.equal(schema.dialect, 'postgres')
  assert.deepEqual(
    schema.tables.map(({ name }) => name),
    'actor address category city country customer film film_actor film_category inventory language payment rental staff store'.split(
      ' ',
    ),
  )
  assert.deepEqual(columnOf(schema, 'film', 'rating').allowedValues, ['G', 'PG', 'PG-13', 'R', 'NC-17'])
  const year = columnOf(schema, 'film', 'release_year')
  assert.deepEqual([year.type, year.declaredType, year.range], ['integer', 'year', { min: 1901, max: 2155 }])
  const features = columnOf(schema, 'film', 'special_features')
  assert.deepEqual([features.type, features.element?.type], ['array', 'text'])
  assert.deepEqual(columnOf(schema, 'film', 'rental_rate').digits, { precision: 4, scale: 2 })
  // Its trigger only fills a column of the new row, which is then never written.
  assert.deepEqual(tableOf(schema, 'film').triggers, [])
  assert.equal(columnOf(schema, 'film', 'fulltext').generated, true)
  const payment = tableOf(schema, 'payment')
  assert.deepEqual(payment.primaryKey, ['payment_date', 'payment_id'])
  assert.equal(payment.foreignKeys.length, 3)
  const paidAt = columnOf(schema, 'payment', 'payment_date')
  assert.equal(paidAt.timeFormat, 'epoch-millis')
  assert.deepEqual(paidAt.range, { min: Date.UTC(2022, 0, 1), max: Date.UTC(2022, 3, 1) - 1 })
  assert.deepEqual(tableOf(schema, 'rental').uniques, [['rental_date', 'inventory_id', 'customer_id']])
  assert.equal(tableOf(schema, 'language').rowCount, 6)
  assert.equal(columnOf(schema, 'language', 'name').maxLength, 20)
})

test(
  'Northwind and Chinook: small keys, keys of letters, references to oneself, quoted names',
  { skip },
  async () => {
    const northwind = await schemaOf(schemaSql('northwind', 'postgres'))
    assert.equal(northwind.tables.length, 14)
    const key = columnOf(northwind, 'orders', 'order_id')
    assert.deepEqual([key.hasDefault, key.range], [false, { min: -32_768, max: 32_767 }])
    assert.deepEqual(tableOf(northwind, 'employees').foreignKeys, [
      { columns: ['reports_to'], referencedTable: 'employees', referencedColumns: ['employee_id'] },
    ])
    assert.deepEqual(tableOf(northwind, 'order_details').primaryKey, ['order_id', 'product_id'])
    const chinook = await schemaOf(schemaSql('chinook', 'postgres'))
    assert.equal(chinook.tables.length, 11)
    assert.deepEqual(tableOf(chinook, 'PlaylistTrack').foreignKeys, [
      { columns: ['PlaylistId'], referencedTable: 'Playlist', referencedColumns: ['PlaylistId'] },
      { columns: ['TrackId'], referencedTable: 'Track', referencedColumns: ['TrackId'] },
    ])
  },
)

test('forty tables: keys, references and unique sets', { skip }, async () => {
  const schema = await schemaOf(schemaSql('forty', 'postgres'))
  assert.equal(schema.tables.length, 40)
  assert.deepEqual(tableOf(schema, 'team_members').foreignKeys, [
    { columns: ['tenant_id', 'team_id'], referencedTable: 'teams', referencedColumns: ['tenant_id', 'id'] },
    { columns: ['tenant_id', 'user_id'], referencedTable: 'users', referencedColumns: ['tenant_id', 'id'] },
  ])
  assert.deepEqual(tableOf(schema, 'billing.invoices').foreignKeys, [
    { columns: ['tenant_id'], referencedTable: 'tenants', referencedColumns: ['id'] },
    {
      columns: ['current_revision_id'],
      referencedTable: 'billing.invoice_revisions',
      referencedColumns: ['id'],
    },
  ])
  assert.deepEqual(tableOf(schema, 'users').uniques, [['tenant_id', 'id'], ['email']])
  assert.deepEqual(tableOf(schema, 'milestones').uniques, [['tenant_id', 'project_number']])
  assert.deepEqual(tableOf(schema, 'product_categories').uniques, [['category_id', 'position']])
  assert.deepEqual(tableOf(schema, 'watchers').primaryKey, [])
  assert.deepEqual(tableOf(schema, 'refunds').primaryKey, ['payment_id'])
  const number = columnOf(schema, 'orders', 'number')
  assert.deepEqual([number.generated, number.hasDefault, number.nullable], [false, true, false])
  assert.equal(columnOf(schema, 'order_lines', 'line_total').generated, true)
  assert.equal(columnOf(schema, 'issues', 'search').generated, true)
})

test('forty tables: what CHECKs, domains and types allow', { skip }, async () => {
  const schema = await schemaOf(schemaSql('forty', 'postgres'))
  const allowed = (table: string, column: string) => columnOf(schema, table, column).allowedValues
  assert.deepEqual(allowed('users', 'role'), ['member', 'admin', 'owner'])
  assert.deepEqual(allowed('issues', 'state'), ['open', 'closed', 'draft'])
  assert.deepEqual(allowed('currencies', 'minor_units'), ['0', '2', '3'])
  assert.deepEqual(allowed('issues', 'priority'), ['1', '2', '3', '4', '5'])
  assert.deepEqual(columnOf(schema, 'tenants', 'seats').range, { min: 1, max: 5000 })
  assert.deepEqual(columnOf(schema, 'projects', 'budget').range, { min: 0.01 })
  assert.deepEqual(columnOf(schema, 'users', 'born_on').range, {
    min: Date.UTC(1920, 0, 1),
    max: Date.UTC(2009, 11, 31),
  })
  const title = columnOf(schema, 'projects', 'title')
  assert.deepEqual([title.minLength, title.maxLength], [3, 120])
  assert.equal(columnOf(schema, 'user_profiles', 'bio').maxLength, 500)
  assert.equal(columnOf(schema, 'users', 'display_name').minLength, 1)
  const quantity = columnOf(schema, 'order_lines', 'quantity')
  assert.deepEqual([quantity.nullable, quantity.range?.min], [false, 1])
  assert.deepEqual(columnOf(schema, 'billing.invoice_revisions', 'amount').range, { min: 0, max: 1e11 })
  assert.equal(columnOf(schema, 'customers', 'contact').minLength, 6)
  assert.deepEqual(columnOf(schema, 'products', 'tags').element, {
    type: 'text',
    declaredType: 'varchar',
    maxLength: 20,
    allowedValues: null,
  })
  assert.deepEqual(tableOf(schema, 'orders').comparisons, [
    { lesser: 'placed_at', greater: 'shipped_at', orEqual: true },
    { lesser: 'shipped_at', greater: 'delivered_at', orEqual: true },
  ])
  assert.deepEqual(tableOf(schema, 'warehouses').comparisons, [
    { lesser: 'opens', greater: 'closes', orEqual: false },
  ])
})

test('forty tables: what no column tells is given as it is worded', { skip }, async () => {
  const schema = await schemaOf(schemaSql('forty', 'postgres'))
  const others = new Map(
    schema.tables
      .map((table) => [table.name, table.otherChecks ?? []] as const)
      .filter(([, checks]) => checks.length > 0),
  )
  assert.deepEqual(
    [...others.keys()],
    ['attachments', 'bookings', 'customers', 'issue_links', 'issues', 'tenants', 'user_profiles'],
  )
  assert.match(others.get('bookings')?.[0] ?? '', /^EXCLUDE USING gist/)
  assert.deepEqual(others.get('issue_links'), ['CHECK ((from_id <> to_id))'])
  const triggers = schema.tables.filter((table) => table.triggers?.length !== 0)
  assert.deepEqual(
    triggers.map(({ name, triggers: names }) => [name, names]),
    [['ratings', ['ratings_product']]],
  )
  assert.equal(columnOf(schema, 'addresses', 'city_key').generated, true)
})

test('views, foreign, temporary and foreign-owned tables are left out', { skip }, async () => {
  const schema = await schemaOf(
    `CREATE TABLE t (id int PRIMARY KEY); CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW m AS SELECT * FROM t;
     CREATE TEMP TABLE x (id int); CREATE SCHEMA headroom; CREATE TABLE headroom.runs (id int);
     CREATE SCHEMA "My Schema"; CREATE TABLE "My Schema"."Odd.Name" (id int)`,
  )
  assert.deepEqual(
    schema.tables.map(({ name }) => name),
    ['My Schema.Odd.Name', 't'],
  )
})

test(
  'rows are counted, and columns with few values are found among rows that Headroom did not make',
  { skip },
  async () => {
    const sql = `CREATE TABLE t (id int PRIMARY KEY, kind text, title text, note text);
    INSERT INTO t SELECT i, (ARRAY['a', 'b', 'c'])[1 + i % 3], 'title ' || i, NULL FROM generate_series(1, 300) i;
    INSERT INTO t SELECT i, 'seeded ' || i, 'x', 'y' FROM generate_series(1001, 2000) i`
    await withDatabase(sql, async (query) => {
      const all = await introspect(query)
      assert.equal(tableOf(all, 't').rowCount, 1300)
      const foreign = await introspect(query, { foreignRows: new Map([['t', 't.id < 1001']]) })
      assert.equal(tableOf(foreign, 't').rowCount, 1300)
      assert.deepEqual(columnOf(foreign, 't', 'kind').sampleValues, ['a', 'b', 'c'])
      assert.equal(columnOf(foreign, 't', 'title').sampleValues, undefined)
      assert.equal(columnOf(foreign, 't', 'note').sampleValues, undefined)
    })
  },
)

test('how columns are stored, for COPY', { skip }, async () => {
  await withDatabase(schemaSql('forty', 'postgres'), async (query) => {
    const storage = await readStorage(query)
    const { columns } = storage.get('measurements') ?? assert.fail('no measurements')
    const formats = [...columns].map(([name, type]) => `${name} ${type.binary ?? type.name}`)
    assert.deepEqual(formats.slice(0, 6), [
      'id int8',
      'small_value int2',
      'big_value int8',
      'real_value float4',
      'double_value float8',
      'exact_value numeric',
    ])
    assert.equal(columns.get('host')?.binary, null)
    assert.deepEqual(columns.get('tiers')?.element?.binary, 'text')
    assert.equal(storage.get('billing.invoices')?.schema, 'billing')
    assert.equal(storage.get('order_lines')?.columns.get('quantity')?.name, 'int4')
  })
})

test('five hundred tables are read in a few seconds', { skip }, async () => {
  const statements = Array.from({ length: 36 }, (_, i) => [
    `CREATE SCHEMA s${i}; SET search_path = s${i}`,
    schemaSql('northwind', 'postgres'),
  ])
  await withDatabase([...statements.flat(), 'SET search_path = public'].join(';\n'), async (query) => {
    const startedAt = performance.now()
    const schema = await introspect(query)
    const millis = performance.now() - startedAt
    assert.equal(schema.tables.length, 504)
    assert.equal(tableOf(schema, 's7.region').rowCount, 4)
    assert.ok(millis < 5000, `${millis} ms`)
  })
})
