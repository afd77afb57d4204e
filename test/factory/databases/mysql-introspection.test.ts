import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Column, Table } from '../../../src/model/schema.ts'
import { baseType, typeFacts } from '../../../src/factory/databases/mysql/types.ts'
import { mariadbForFile, shopSql, skip, type ServerDatabase } from './mysql-database.ts'

const create = mariadbForFile()

async function tablesOf(database: ServerDatabase): Promise<ReadonlyMap<string, Table>> {
  const { tables } = await database.opened((opened) => opened.readSchema())
  return new Map(tables.map((table) => [table.name, table]))
}

function column(table: Table | undefined, name: string): Partial<Column> {
  const { name: _, ...facts } = table?.columns.find((each) => each.name === name) ?? { name }
  return facts
}

function withoutCounts(all: ReadonlyMap<string, Table>): readonly Table[] {
  return [...all.values()].map((table) => ({ ...table, rowCount: 0 }))
}

const plain = { nullable: false, hasDefault: false, generated: false, maxLength: null, allowedValues: null }

test('types, ranges, lengths, defaults, generated columns', { skip }, async () => {
  const tables = await tablesOf(await create(shopSql))
  const users = tables.get('users')
  assert.deepEqual(column(users, 'id'), {
    ...plain,
    type: 'integer',
    declaredType: 'int(10) unsigned',
    range: { min: 0, max: 4_294_967_295 },
  })
  assert.deepEqual(column(users, 'name'), {
    ...plain,
    type: 'text',
    declaredType: 'varchar(100)',
    maxLength: 100,
  })
  assert.deepEqual(column(users, 'role').allowedValues, ['member', 'it\'s "admin"'])
  assert.equal(column(users, 'role').hasDefault, true)
  assert.equal(column(users, 'manager_id').nullable, true)
  assert.equal(column(users, 'manager_id').hasDefault, false)
  assert.equal(column(users, 'name_length').generated, true)
  assert.equal(column(users, 'is_active').type, 'boolean')
  assert.deepEqual(column(users, 'created_at'), {
    ...plain,
    type: 'datetime',
    declaredType: 'timestamp(3)',
    hasDefault: true,
    timeFormat: 'epoch-millis',
  })
  const profiles = tables.get('profiles')
  assert.deepEqual(column(profiles, 'rating').allowedValues, ['1', '2', '3', '4', '5'])
  assert.equal(column(profiles, 'avatar').type, 'blob')
  assert.deepEqual(column(profiles, 'flags'), {
    ...plain,
    type: 'integer',
    declaredType: 'bit(4)',
    range: { min: 0, max: 15 },
  })
  assert.deepEqual(column(profiles, 'birthday').type, 'date')
  const posts = tables.get('posts')
  assert.equal(column(posts, 'meta').type, 'json')
  assert.deepEqual(column(posts, 'price').digits, { precision: 10, scale: 2 })
  assert.deepEqual(column(posts, 'price').range, { min: -99_999_999.99, max: 99_999_999.99 })
  assert.equal(column(posts, 'body').maxLength, 16_383)
  assert.equal(column(tables.get('activities'), 'took').type, 'time')
})

test('keys, composite foreign keys, uniques, row counts, fixed sets of values', { skip }, async () => {
  const shop = await create(shopSql)
  const tables = await tablesOf(shop)
  assert.deepEqual(
    [...tables.keys()],
    ['activities', 'notes', 'post_tags', 'posts', 'profiles', 'tags', 'users'],
  )
  assert.deepEqual(tables.get('post_tags')?.primaryKey, ['post_id', 'tag_id'])
  assert.deepEqual(tables.get('notes')?.foreignKeys, [
    {
      columns: ['post_id', 'tag_id'],
      referencedTable: 'post_tags',
      referencedColumns: ['post_id', 'tag_id'],
    },
  ])
  assert.deepEqual(tables.get('users')?.uniques, [['email']])
  assert.deepEqual(tables.get('posts')?.uniques, [['author_id', 'slug']])
  assert.equal(tables.get('activities')?.rowCount, 6)
  assert.deepEqual(column(tables.get('activities'), 'type').sampleValues, ['like', 'view'])
  assert.equal(column(tables.get('tags'), 'name').sampleValues, undefined)
  await shop.seed({ rows: { users: 30 } })
  const after = await tablesOf(shop)
  assert.deepEqual(withoutCounts(after), withoutCounts(tables))
})

test(
  'CHECKs, comparisons, prefixes, triggers, other databases, what Headroom does not read',
  { skip },
  async () => {
    const database = await create([
      `CREATE TABLE t (
      id INT AUTO_INCREMENT PRIMARY KEY, a INT CHECK (a >= 10 AND a < 2000), status VARCHAR(10) CHECK (status IN ('new', 'it''s done')),
      code VARCHAR(50) CHECK (CHAR_LENGTH(code) <= 8), starts DATE, ends DATE, email VARCHAR(200), k VARCHAR(9) CHARACTER SET latin1,
      CHECK (starts < ends), CHECK (email LIKE '%@%'), UNIQUE KEY mail (email(20)))`,
      'CREATE TRIGGER t_log AFTER INSERT ON t FOR EACH ROW SET @last = NEW.id',
      'CREATE TRIGGER t_touch BEFORE UPDATE ON t FOR EACH ROW SET NEW.a = NEW.a',
      'CREATE VIEW v AS SELECT * FROM t',
      "CREATE TABLE `odd ``name` (id BINARY(16) PRIMARY KEY, u UUID, i INET6, y YEAR, g POINT, s SET('a','b'))",
    ])
    const other = database.url.split('/').at(-1)
    await database.run(
      `CREATE DATABASE \`${other}_2\``,
      `CREATE TABLE \`${other}_2\`.far (id INT PRIMARY KEY)`,
      `CREATE TABLE near (id INT PRIMARY KEY, far_id INT, FOREIGN KEY (far_id) REFERENCES \`${other}_2\`.far (id))`,
    )
    const tables = await tablesOf(database)
    assert.deepEqual([...tables.keys()], ['near', 'odd `name', 't'])
    const t = tables.get('t')
    assert.deepEqual(column(t, 'a').range, { min: 10, max: 1999 })
    assert.deepEqual(column(t, 'status').allowedValues, ['new', "it's done"])
    assert.equal(column(t, 'code').maxLength, 8)
    assert.deepEqual(t?.comparisons, [{ lesser: 'starts', greater: 'ends', orEqual: false }])
    assert.ok(
      t?.otherChecks?.some((check) => check.includes('like')),
      String(t?.otherChecks),
    )
    assert.ok(t?.otherChecks?.includes('UNIQUE (email(20))'))
    assert.deepEqual(t?.triggers, ['t_log'])
    assert.deepEqual(tables.get('near')?.foreignKeys[0]?.referencedTable, `${other}_2.far`)
    const odd = tables.get('odd `name')
    assert.deepEqual(
      odd?.columns.map(({ type }) => type),
      ['blob', 'uuid', 'other', 'integer', 'other', 'text'],
    )
  },
)

test('declared types of MySQL, without widths', () => {
  assert.deepEqual(typeFacts('bigint unsigned').range, { min: 0, max: Number.MAX_SAFE_INTEGER })
  assert.deepEqual(typeFacts('tinyint').range, { min: -128, max: 127 })
  assert.equal(typeFacts('tinyint(1)').type, 'boolean')
  assert.equal(typeFacts('tinyint(1) unsigned').type, 'integer')
  assert.deepEqual(typeFacts("enum('a,b','c''d')").allowedValues, ['a,b', "c'd"])
  assert.equal(typeFacts('json').type, 'json')
  assert.equal(typeFacts('geometry').type, 'other')
  assert.deepEqual(typeFacts('decimal(5,2) unsigned').range, { min: 0, max: 999.99 })
  assert.deepEqual(typeFacts('bit(1)').type, 'boolean')
  assert.equal(baseType('Double Precision'), 'double')
})

test('values and keys, spread evenly, of others alone where that is asked', { skip }, async () => {
  const shop = await create(shopSql)
  await shop.seed({ rows: { users: 100 } })
  await shop.opened(async (database) => {
    const users = (await database.readSchema()).tables.find(({ name }) => name === 'users')
    const pairs = (await database.readSchema()).tables.find(({ name }) => name === 'post_tags')
    assert.ok(users !== undefined && pairs !== undefined)
    const { values, total } = await database.readValues(users, 'id', 6)
    assert.equal(total, 102)
    assert.equal(values.length, 6)
    assert.equal(values[0], '1')
    assert.deepEqual(await database.readKeys(users, ['id'], { limit: 10, foreignOnly: true }), [[1], [7]])
    assert.equal((await database.readKeys(users, ['id'], { limit: 10, foreignOnly: false })).length, 10)
    const others = await database.readKeys(pairs, ['post_id', 'tag_id'], { limit: 10, foreignOnly: true })
    assert.deepEqual(others, [
      ['p1', 1],
      ['p1', 5],
      ['p2', 1],
    ])
    const free = await database.freeBytes()
    assert.ok(free !== null && free > 0)
  })
})
