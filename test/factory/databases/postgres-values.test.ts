import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import type { Chunk, ChunkColumn, Database } from '../../../src/factory/databases/database.ts'
import { hash32, hashKey } from '../../../src/factory/hash.ts'
import type { SqlValue } from '../../../src/factory/sql-value.ts'
import type { Table } from '../../../src/model/schema.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'
import { failsWith } from '../factory-process.ts'
import { query, withOpen } from './postgres-shop.ts'

const never = new AbortController().signal
const columnsSql = `
  id bigint PRIMARY KEY, i2 smallint, i4 int, i8 bigint, f4 real, f8 double precision, n numeric, money numeric(12,2), b boolean,
  t text, v varchar(80), c char(4), m mood, e mail, u uuid, raw bytea, j json, jb jsonb, d date, tm time, ts timestamp,
  tz timestamptz, ints int[], texts text[], times timestamptz[], moods mood[], mails mail[]`
const typesSql = `CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "fine"'); CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%');`

const key = hashKey(7, 'values')
const texts = [
  'plain',
  '',
  'tab\tand\nnewline\\N \\ and "quotes" {a,b}',
  'Zoë – 日本語 😀',
  'x'.repeat(300),
  'é'.repeat(60),
]
const pick = (i: number, values: readonly string[]) => values[hash32(key, i) % values.length] ?? ''
const moment = (i: number) => Date.UTC(1995, 0, 1) + (hash32(key, i) % 1_000_000) * 1_000_003

/** Every type's values by row, among them those at the ends of its range. */
const values: Readonly<Record<string, (i: number) => SqlValue>> = {
  id: (i) => i + 1,
  i2: (i) => [0, -32_768, 32_767, -1][i % 4] ?? 0,
  i4: (i) => [0, -2_147_483_648, 2_147_483_647, -1][i % 4] ?? 0,
  i8: (i) => [0, -9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n, -1, 2 ** 53 - 1, '12'][i % 6] ?? 0,
  f4: (i) => (i % 1000) / 8,
  f8: (i) => [0.1 + i, -1e300, 5e-324, 123_456_789.123_456_78][i % 4] ?? 0,
  n: (i) =>
    [
      0,
      '0.00',
      '-123456789012345678901234567890.000123',
      10_000,
      9999.9999,
      '1e-7',
      1e21,
      -0.5,
      'NaN',
      '12e3',
    ][i % 10] ?? 0,
  money: (i) => [19.99, -0.01, 1234567.5, 100, 0.1, 9_999_999_999.99][i % 6] ?? 0,
  b: (i) => i % 2,
  t: (i) => pick(i, texts),
  v: (i) => pick(i, texts).slice(0, 60),
  c: (i) => ['ab', 'abcd', ''][i % 3] ?? '',
  m: (i) => ['sad', 'ok', 'it\'s "fine"'][i % 3] ?? '',
  e: (i) => `p${i}@example.com`,
  u: (i) => `00000000-0000-8000-A000-${i.toString(16).padStart(12, '0')}`,
  raw: (i) => Uint8Array.of(0, 255, i & 255, 92, 10),
  j: (i) => `{"a": ${i}, "b": ${JSON.stringify(pick(i, texts))}}`,
  jb: (i) => JSON.stringify({ a: i, b: pick(i, texts) }),
  d: (i) => (i % 5 === 0 ? '1999-12-31' : moment(i)),
  tm: (i) => `${String(i % 24).padStart(2, '0')}:59:07.25`,
  ts: (i) => moment(i) + 0.5,
  tz: (i) => (i % 5 === 0 ? '2024-02-29 12:00:00.125+02' : moment(i)),
  ints: (i) => JSON.stringify(i % 3 === 0 ? [] : [i, null, -i]),
  texts: (i) => JSON.stringify([pick(i, texts), null, 'NULL']),
  times: (i) => JSON.stringify([moment(i)]),
  mails: (i) => JSON.stringify([`q${i}@example.com`]),
  moods: () => JSON.stringify(['it\'s "fine"', 'ok']),
}

async function rowsOf(url: string): Promise<readonly string[]> {
  const rows = await query(
    url,
    `SELECT id || md5(row(${Object.keys(values).join()})::text) AS v FROM t ORDER BY id`,
  )
  return rows.map(({ v }) => String(v))
}

describe('values in a PostgreSQL', { skip: skipReason('postgres') }, () => {
  let server: TestServer
  before(async () => {
    server = await startPostgres()
  })
  after(() => server.stop())

  async function databaseWith(columns: string): Promise<string> {
    const url = await server.createDatabase()
    await query(url, `${typesSql} CREATE TABLE t (${columns})`)
    return url
  }

  it('are the same in the binary and in the text format, with NULLs, and always', async () => {
    const binary = await databaseWith(columnsSql)
    // There is no binary writer for points: all of the table goes over as text.
    const text = await databaseWith(`${columnsSql}, place point`)
    await withOpen(binary, (database) => fill(database, 500, {}))
    await withOpen(text, (database) => fill(database, 500, { place: (i) => `(${i},1)` }))
    assert.deepEqual(await rowsOf(text), await rowsOf(binary))
    const [pinned] = await query(
      binary,
      `SELECT md5(string_agg(row(${Object.keys(values).join()})::text, E'\\n' ORDER BY id)) AS hash FROM t`,
    )
    assert.equal(pinned?.['hash'], '8a89f7a47302c2953c1a0165c8a4c5b1')
  })

  it('arrive as they were given', async () => {
    const url = await databaseWith(columnsSql)
    await withOpen(url, (database) => fill(database, 60, {}, 0))
    const rows = await query(
      url,
      `SELECT id, i8::text AS i8, f8, n::text AS n, money::text AS money, b, t, e, u::text AS u, encode(raw, 'hex') AS raw, j ->> 'b' AS jb,
         extract(epoch FROM ts) * 1000 AS ts, tm::text AS tm, d::text AS d, tz::text AS tz, ints, texts, moods::text[] AS moods FROM t ORDER BY id`,
    )
    assert.equal(rows.length, 60)
    for (const [i, row] of rows.entries()) {
      assert.equal(row['i8'], String(values['i8']?.(i)))
      assert.equal(row['f8'], values['f8']?.(i))
      assert.equal(row['b'], i % 2 === 1)
      assert.equal(row['t'], pick(i, texts))
      assert.equal(row['jb'], pick(i, texts))
      assert.equal(row['raw'], Buffer.from([0, 255, i & 255, 92, 10]).toString('hex'))
      assert.equal(row['u'], String(values['u']?.(i)).toLowerCase())
      assert.equal(Number(row['ts']), moment(i) + 0.5)
      assert.equal(row['tm'], values['tm']?.(i))
      assert.deepEqual(row['ints'], i % 3 === 0 ? [] : [i, null, -i])
      assert.deepEqual(row['texts'], [pick(i, texts), null, 'NULL'])
      assert.deepEqual(row['moods'], ['it\'s "fine"', 'ok'])
      if (i % 5 === 0) assert.deepEqual([row['d'], row['tz']], ['1999-12-31', '2024-02-29 10:00:00.125+00'])
    }
    assert.deepEqual(
      rows.slice(0, 10).map(({ n }) => n),
      [
        '0',
        '0.00',
        '-123456789012345678901234567890.000123',
        '10000',
        '9999.9999',
        '0.0000001',
        '1000000000000000000000',
        '-0.5',
        'NaN',
        '12000',
      ],
    )
    assert.deepEqual(
      rows.slice(0, 6).map(({ money }) => money),
      ['19.99', '-0.01', '1234567.50', '100.00', '0.10', '9999999999.99'],
    )
  })

  it('may refer to rows of an earlier chunk that is written at the same time', async () => {
    const url = await databaseWith('id bigint PRIMARY KEY, i8 bigint REFERENCES t')
    await withOpen(url, async (database) => {
      const chunk = await beginChunk(database, 6000, { i8: (i) => (i === 0 ? null : i) }, 0)
      const parts = [0, 1, 2, 3, 4, 5].map((n) => ({
        ...chunk,
        firstIndex: n * 1000,
        firstKey: n * 1000 + 1,
        rows: 1000,
      }))
      await Promise.all(parts.map((part) => database.append(part, never)))
    })
    assert.deepEqual(await query(url, 'SELECT count(*)::int AS n FROM t WHERE i8 = id - 1'), [{ n: 5999 }])
  })

  it('that no column takes are refused by name, and nothing is written', async () => {
    const url = await databaseWith('id bigint PRIMARY KEY, u uuid, n numeric, i4 int, i8 bigint')
    const bad: readonly (readonly [string, SqlValue, RegExp])[] = [
      ['u', 'not-a-uuid', /`not-a-uuid` was generated for a UUID column/],
      ['i4', 2_147_483_648, /`2147483648` was generated for a column of whole numbers of 32 bits/],
      ['i8', 1.5, /`1\.5` was generated for a column of whole numbers/],
      ['n', 'many', /`many` was generated for a numeric column/],
    ]
    for (const [name, value, message] of bad) {
      await withOpen(url, (database) =>
        assert.rejects(
          fill(database, 20_000, { [name]: (i) => (i === 19_999 ? value : null) }),
          failsWith('HR_DATABASE_CONSTRAINT', message),
        ),
      )
    }
    assert.deepEqual(await query(url, 'SELECT count(*)::int AS n FROM t'), [{ n: 0 }])
    await withOpen(url, (database) => fill(database, 20_000, {}))
    assert.deepEqual(await query(url, 'SELECT count(*)::int AS n FROM t'), [{ n: 20_000 }])
  })
})

/** Appends rows of {@link values}, of which every `nullEvery`-th but the key is NULL. */
async function fill(
  database: Database,
  rows: number,
  more: Readonly<Record<string, (i: number) => SqlValue>>,
  nullEvery = 7,
): Promise<void> {
  await database.append(await beginChunk(database, rows, more, nullEvery), never)
}

/** Begins a run, and gives the chunk that is all of it. */
async function beginChunk(
  database: Database,
  rows: number,
  more: Readonly<Record<string, (i: number) => SqlValue>>,
  nullEvery: number,
): Promise<Chunk> {
  const { tables } = await database.readSchema()
  const table: Table = tables.find(({ name }) => name === 't') ?? assert.fail('no table')
  const target = { table, key: { kind: 'range', columns: ['id'] } as const, rows, sequences: [] }
  const plan = {
    schema: 'headroom.seed-plan/1',
    database: '',
    dialect: 'postgres',
    seed: 1,
    tables: [],
    warnings: [],
  } as const
  const run = await database.beginRun(plan, [target])
  const columns = table.columns.map((column, c): ChunkColumn => {
    const make = { ...values, ...more }[column.name]
    return {
      column,
      valueOf: (i) =>
        nullEvery > 0 && c > 0 && (i + c) % nullEvery === 0 && more[column.name] === undefined
          ? null
          : (make?.(i) ?? null),
    }
  })
  return { ...target, run, firstIndex: 0, rows, firstKey: 1, columns }
}
