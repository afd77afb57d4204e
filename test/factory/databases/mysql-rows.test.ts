import assert from 'node:assert/strict'
import { test } from 'node:test'

import { guardTarget, mysqlDefaults } from '../../../src/factory/databases/guards/target.ts'
import { Connection } from '../../../src/factory/databases/mysql/connection.ts'
import { insertRows, type WrittenColumn } from '../../../src/factory/databases/mysql/rows.ts'
import type { Column } from '../../../src/model/schema.ts'
import type { SqlValue } from '../../../src/factory/sql-value.ts'
import { failsWith } from '../factory-process.ts'
import { mariadbForFile, skip } from './mysql-database.ts'

const create = mariadbForFile()

function column(name: string, type: Column['type'], declaredType: string): Column {
  return {
    name,
    type,
    declaredType,
    nullable: true,
    hasDefault: false,
    generated: false,
    maxLength: null,
    allowedValues: null,
  }
}

/** What is written, and what the server then has. */
const texts = [
  'plain', '', ' padded ', 'tab\there', 'line\nfeed', 'carriage\r\nreturn', 'back\\slash', 'zero\0byte', '\\N', 'NULL', "quo'te\"s`", '\\', '\t', '\n', '\\t\\n\\0',
  'ünïcödé', '日本語', '🙂 smile', 'é'.repeat(30), 'x'.repeat(47), 'x'.repeat(48), 'x'.repeat(49), `long ${'\\ \t\n'.repeat(30_000)}`, `🙂${'é'.repeat(200_000)}`, 'a\u2028b',
] // prettier-ignore
const bytes = [
  Uint8Array.from({ length: 256 }, (_, i) => i), new Uint8Array(0), new Uint8Array(300_000).fill(92), Uint8Array.of(0, 9, 10, 13, 26, 34, 39, 92, 255),
] // prettier-ignore
const moments: readonly (readonly [number, string])[] = [
  [Date.UTC(2025, 0, 31, 12, 34, 56, 789), '2025-01-31 12:34:56.789000'],
  [0, '1970-01-01 00:00:00.000000'],
  [-1, '1969-12-31 23:59:59.999000'],
  [Date.UTC(2024, 1, 29), '2024-02-29 00:00:00.000000'],
  [Date.UTC(2000, 1, 29, 23, 59, 59, 5), '2000-02-29 23:59:59.005000'],
  [Date.UTC(1900, 2, 1), '1900-03-01 00:00:00.000000'],
  [Date.UTC(1000, 0, 1), '1000-01-01 00:00:00.000000'],
  [Date.UTC(9999, 11, 31, 23, 59, 59, 999), '9999-12-31 23:59:59.999000'],
]
const numbers: readonly (readonly [number | bigint, string])[] = [
  [0, '0'], [7, '7'], [10, '10'], [99, '99'], [100, '100'], [2_147_483_647, '2147483647'], [2_147_483_648, '2147483648'], [-1, '-1'],
  [9_007_199_254_740_991, '9007199254740991'], [-9_007_199_254_740_991, '-9007199254740991'], [9_223_372_036_854_775_807n, '9223372036854775807'],
] // prettier-ignore

test('what is written is what is there', { skip }, async () => {
  const database = await create([
    `CREATE TABLE t (n INT PRIMARY KEY, x LONGTEXT CHARACTER SET utf8mb4, b LONGBLOB, m DATETIME(6), m0 DATETIME, d DATE, i BIGINT, r DOUBLE, p DECIMAL(30,10), f BIT(9), u UUID)`,
  ])
  const columns: readonly WrittenColumn[] = [
    { column: column('n', 'integer', 'int(11)'), valueOf: (n) => n },
    { column: column('x', 'text', 'longtext'), valueOf: (n) => texts[n] ?? null },
    { column: column('b', 'blob', 'longblob'), valueOf: (n) => bytes[n] ?? null },
    { column: column('m', 'datetime', 'datetime(6)'), valueOf: (n) => moments[n]?.[0] ?? null },
    { column: column('m0', 'datetime', 'datetime'), valueOf: (n) => moments[n]?.[0] ?? null },
    { column: column('d', 'date', 'date'), valueOf: (n) => moments[n]?.[0] ?? null },
    { column: column('i', 'integer', 'bigint(20)'), valueOf: (n) => numbers[n]?.[0] ?? null },
    {
      column: column('r', 'real', 'double'),
      valueOf: (n): SqlValue => [1.5, -0.1, 1e300, 123456.789][n] ?? null,
    },
    {
      column: column('p', 'decimal', 'decimal(30,10)'),
      valueOf: (n): SqlValue => [1.25, '12345678901234567890.0123456789', -3][n] ?? null,
    },
    { column: column('f', 'integer', 'bit(9)'), valueOf: (n) => n },
    { column: column('u', 'uuid', 'uuid'), valueOf: () => '5cf03937-f759-4a2e-b599-e2b5f4f5a86f' },
  ]
  const connection = await Connection.open(await guardTarget(database.url, mysqlDefaults))
  try {
    await connection.transaction(() =>
      insertRows(connection, { name: 't', like: 't' }, columns, texts.length),
    )
  } finally {
    await connection.close()
  }
  const rows = await database.rows('SELECT *, f + 0 AS bits FROM t ORDER BY n')
  const values = (name: string, count = texts.length) => rows.slice(0, count).map((row) => row[name])
  assert.deepEqual(values('x'), texts)
  assert.deepEqual(
    values('b', bytes.length),
    bytes.map((each) => Buffer.from(each)),
  )
  assert.deepEqual(
    values('b').slice(bytes.length),
    texts.slice(bytes.length).map(() => null),
  )
  assert.deepEqual(
    values('m', moments.length),
    moments.map(([, text]) => text),
  )
  assert.deepEqual(
    values('m0', moments.length),
    moments.map(([, text]) => text.slice(0, 19)),
  )
  assert.deepEqual(
    values('d', moments.length),
    moments.map(([, text]) => text.slice(0, 10)),
  )
  assert.deepEqual(
    values('i', numbers.length),
    numbers.map(([, text]) => text),
  )
  assert.deepEqual(values('r', 5), [1.5, -0.1, 1e300, 123456.789, null])
  assert.deepEqual(values('p', 4), ['1.2500000000', '12345678901234567890.0123456789', '-3.0000000000', null])
  assert.deepEqual(
    values('bits').map(Number),
    texts.map((_, n) => n),
  )
})

/** Every type that the server has, keys of odd kinds, and names that need quoting. */
const everyType = [
  `CREATE TABLE parents (code VARCHAR(30) CHARACTER SET latin1 NOT NULL, n INT NOT NULL, label VARCHAR(50) CHARACTER SET utf8mb3, UNIQUE KEY u (code), PRIMARY KEY (code, n))`,
  `CREATE TABLE every (id MEDIUMINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, ti TINYINT, tiu TINYINT UNSIGNED NOT NULL, si SMALLINT NOT NULL, bi BIGINT UNSIGNED, y YEAR NOT NULL,
    de DECIMAL(20,6) NOT NULL, deu DECIMAL(4,2) UNSIGNED, f FLOAT NOT NULL, d DOUBLE, fu FLOAT UNSIGNED, b1 BIT(1) NOT NULL, b20 BIT(20), yes BOOLEAN,
    c CHAR(3) NOT NULL, tt TINYTEXT, t TEXT, lt LONGTEXT, a VARCHAR(20) CHARACTER SET ascii, g VARCHAR(20) CHARACTER SET gbk, u16 VARCHAR(20) CHARACTER SET utf16,
    bin BINARY(16) NOT NULL, vb VARBINARY(20), bl BLOB, da DATE NOT NULL, dt DATETIME NOT NULL, dt6 DATETIME(6), ts TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, ts2 TIMESTAMP(2) NULL,
    ti3 TIME(3), e ENUM('a','b','ü') NOT NULL, s SET('x','y'), j JSON, u UUID NOT NULL, i6 INET6, p POINT, pcode VARCHAR(30) CHARACTER SET latin1, pn INT,
    vg INT GENERATED ALWAYS AS (si + 1) VIRTUAL, sg INT GENERATED ALWAYS AS (ti * 2) STORED, inv INT INVISIBLE DEFAULT 5,
    FULLTEXT KEY ft (t), KEY (pcode, pn), FOREIGN KEY (pcode, pn) REFERENCES parents (code, n), UNIQUE KEY ub (bin), UNIQUE KEY uu (u), UNIQUE KEY du (dt6))`,
  'CREATE TABLE `we ird``s` (`select` INT AUTO_INCREMENT PRIMARY KEY, `a b` VARCHAR(20) NOT NULL, `c\\d` VARCHAR(20), UNIQUE (`a b`))',
  'CREATE TABLE stretch_the_name_of_a_table_to_sixty_four_characters_as_allowed (k CHAR(36) PRIMARY KEY, v INT)',
  'CREATE TABLE part (id INT NOT NULL, d DATE NOT NULL, v VARCHAR(20), PRIMARY KEY (id, d)) PARTITION BY HASH(id) PARTITIONS 4',
  'CREATE TABLE auto2 (k VARCHAR(36) NOT NULL PRIMARY KEY, seq INT NOT NULL AUTO_INCREMENT, x INT, KEY (seq))',
]

test('every type, partitions, full-text indexes, odd names: seeded and undone', { skip }, async () => {
  const database = await create(everyType)
  const before = await database.dump()
  const result = await database.seed({ rows: { every: 1500 } })
  assert.equal(result.tables.length, everyType.length)
  assert.deepEqual(await database.brokenReferences(), [])
  await database.undo()
  assert.deepEqual(await database.dump(), before)
})

test('what does not fit is refused, never changed', { skip }, async () => {
  const database = await create(['CREATE TABLE t (n TINYINT PRIMARY KEY, x VARCHAR(3) NOT NULL)'])
  const connection = await Connection.open(await guardTarget(database.url, mysqlDefaults))
  const attempt = (values: readonly (readonly [SqlValue, SqlValue])[]) => {
    const columns = [
      { column: column('n', 'integer', 'tinyint(4)'), valueOf: (n: number) => values[n]?.[0] ?? null },
      { column: column('x', 'text', 'varchar(3)'), valueOf: (n: number) => values[n]?.[1] ?? null },
    ]
    return connection.transaction(() =>
      insertRows(connection, { name: 't', like: 't' }, columns, values.length),
    )
  }
  try {
    await assert.rejects(
      attempt([[1, 'abcd']]),
      failsWith('HR_DATABASE_CONSTRAINT', /refused a generated row: .*'x'/),
    )
    await assert.rejects(attempt([[200, 'a']]), failsWith('HR_DATABASE_CONSTRAINT', /range.*'n'/))
    await assert.rejects(attempt([[1, null]]), failsWith('HR_DATABASE_CONSTRAINT', /NULL.*'x'|'x'.*null/i))
    await assert.rejects(
      attempt([
        [1, 'a'],
        [1, 'b'],
      ]),
      failsWith('HR_DATABASE_CONSTRAINT', /Duplicate entry '1'/),
    )
    assert.equal(await connection.number('SELECT count(*) AS n FROM t'), 0)
  } finally {
    await connection.close()
  }
})
