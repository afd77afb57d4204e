import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Schema, Table } from '../../../src/model/schema.ts'
import { readTableChecks } from '../../../src/factory/databases/check-constraints.ts'
import { openDatabase } from '../../../src/factory/databases/index.ts'
import type { TemporaryDatabase } from '../temporary-database.ts'
import { blogSql, contentHash, createDatabase, seed } from '../temporary-database.ts'

async function schemaOf({ root, path }: TemporaryDatabase): Promise<Schema> {
  const database = await openDatabase(path, root)
  try {
    return await database.readSchema()
  } finally {
    await database.close()
  }
}

function tableOf(schema: Schema, name: string): Table {
  return schema.tables.find((table) => table.name === name) ?? assert.fail(`no table ${name}`)
}

test('keys, references, uniques, checks and generated columns are read', async (context) => {
  const target = createDatabase(context, blogSql)
  const before = contentHash(target.path)
  const schema = await schemaOf(target)
  assert.equal(contentHash(target.path), before)
  const users = tableOf(schema, 'users')
  assert.deepEqual(users.primaryKey, ['id'])
  assert.deepEqual(users.uniques, [['email']])
  assert.equal(users.rowCount, 2)
  const column = (name: string) => users.columns.find((candidate) => candidate.name === name)
  assert.deepEqual(column('role')?.allowedValues, ['member', 'admin'])
  assert.equal(column('name_length')?.generated, true)
  assert.equal(column('email')?.maxLength, 255)
  assert.equal(column('manager_id')?.nullable, true)
  assert.deepEqual([column('created_at')?.type, column('created_at')?.timeFormat], ['datetime', 'sql'])
  assert.deepEqual(tableOf(schema, 'post_tags').primaryKey, ['post_id', 'tag_id'])
  assert.deepEqual(tableOf(schema, 'posts').uniques, [['author_id', 'slug']])
  assert.deepEqual(tableOf(schema, 'posts').foreignKeys, [
    { columns: ['author_id'], referencedTable: 'users', referencedColumns: ['id'] },
  ])
  const type = tableOf(schema, 'activities').columns.find((candidate) => candidate.name === 'type')
  assert.deepEqual(type?.sampleValues, ['like', 'view'])
})

test('a reference without columns, in other case, and over two columns', async (context) => {
  const target = createDatabase(
    context,
    `CREATE TABLE Orgs (a INTEGER, b INTEGER, PRIMARY KEY (a, b));
     CREATE TABLE teams (id INTEGER PRIMARY KEY, x INTEGER, y INTEGER, FOREIGN KEY (x, y) REFERENCES ORGS)`,
  )
  assert.deepEqual(tableOf(await schemaOf(target), 'teams').foreignKeys, [
    { columns: ['x', 'y'], referencedTable: 'Orgs', referencedColumns: ['a', 'b'] },
  ])
})

test('times are stored as the rows store them', async (context) => {
  const target = createDatabase(
    context,
    `CREATE TABLE t (id INTEGER PRIMARY KEY, seen_at INTEGER, read_at INTEGER, made_at DATETIME, done_at TEXT, born DATE, note_at TEXT);
     INSERT INTO t VALUES (1, 1735689600, 1735689600000, 1735689600000, '2025-01-01T00:00:00.000Z', '2001-02-03', 'soon')`,
  )
  const formats = tableOf(await schemaOf(target), 't').columns.map(
    (column) => column.timeFormat ?? column.type,
  )
  assert.deepEqual(formats, [
    'integer',
    'epoch-seconds',
    'epoch-millis',
    'epoch-millis',
    'iso',
    'day',
    'text',
  ])
})

test('the schema does not change because rows were made', async (context) => {
  const target = createDatabase(context, blogSql)
  const withoutCounts = async () =>
    (await schemaOf(target)).tables.map((table) => ({ ...table, rowCount: 0 }))
  const before = await withoutCounts()
  await seed(target, { rows: { users: 200 } })
  assert.deepEqual(await withoutCounts(), before)
})

const checks: readonly (readonly [string, string, object | undefined])[] = [
  ['a list', `CREATE TABLE t (s TEXT CHECK (s IN ('a', 'it''s')))`, { allowedValues: ['a', "it's"] }],
  [
    'a quoted name',
    "CREATE TABLE t (`s` text check (`s` in ('a', 'b')) not null)",
    { allowedValues: ['a', 'b'] },
  ],
  ['NULL or a list', `CREATE TABLE t (s TEXT, CHECK (s IS NULL OR s IN ('a')))`, { allowedValues: ['a'] }],
  ['a forbidden list', `CREATE TABLE t (s TEXT CHECK (s NOT IN ('a')))`, undefined],
  ['a range', 'CREATE TABLE t (s INTEGER CHECK (s BETWEEN 2 AND 4))', { allowedValues: ['2', '3', '4'] }],
  ['bounds', 'CREATE TABLE t (s INTEGER CHECK (s >= 0 AND s < 2))', { allowedValues: ['0', '1'] }],
  ['a length', 'CREATE TABLE t (s TEXT CHECK (length(s) <= 8))', { maxLength: 8 }],
  ['a comment', `CREATE TABLE t (s TEXT /* CHECK (s IN ('x')) */)`, undefined],
  [
    'negative numbers',
    'CREATE TABLE t (s INTEGER CHECK (s IN (-1, 0, 1)))',
    { allowedValues: ['-1', '0', '1'] },
  ],
]

for (const [name, sql, expected] of checks) {
  test(`CHECK: ${name}`, () => {
    const found = readTableChecks(sql, [{ name: 's' }]).columns.get('s')
    const none = { allowedValues: null, maxLength: null, isJson: false }
    assert.deepEqual(found ?? none, { ...none, ...expected })
  })
}
