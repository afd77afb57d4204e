import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Chunk, Database } from '../../../src/factory/databases/database.ts'
import type { SqlValue } from '../../../src/factory/sql-value.ts'
import { failsWith } from '../factory-process.ts'
import { mariadbForFile, skip } from './mysql-database.ts'

const create = mariadbForFile()

/** A chunk with another value in one column of its third row. */
function withValue(chunk: Chunk, name: string, other: SqlValue): Chunk {
  const columns = chunk.columns.map(({ column, valueOf }) => ({
    column,
    valueOf: (index: number) =>
      column.name === name && index === chunk.firstIndex + 2 ? other : valueOf(index),
  }))
  return { ...chunk, columns }
}

/** The database as it loads, were its generators wrong. */
function wrongly(name: string, other: SqlValue): (database: Database) => Database {
  return (database) => ({
    ...database,
    append: (chunk, signal) => database.append(withValue(chunk, name, other), signal),
  })
}

const tables = {
  'whose only checks are those of JSON': 'id INT AUTO_INCREMENT PRIMARY KEY, meta JSON NOT NULL, more JSON',
  'that checks more than JSON':
    'id INT AUTO_INCREMENT PRIMARY KEY, meta JSON NOT NULL, more JSON, amount INT NOT NULL CHECK (amount >= 0)',
}

for (const [what, columns] of Object.entries(tables)) {
  test(`nothing but JSON gets into JSON columns of a table ${what}`, { skip }, async () => {
    const database = await create([`CREATE TABLE events (${columns})`])
    const before = await database.dump()
    for (const wrong of ['{"open":', '', 'NaN', "{'single':1}"]) {
      await assert.rejects(
        database.seed({ rows: { events: 500 } }, { change: wrongly('meta', wrong) }),
        failsWith('HR_DATABASE_CONSTRAINT', /./),
        wrong,
      )
      await database.undo()
      assert.deepEqual(await database.dump(), before)
    }
    await database.seed({ rows: { events: 500 } })
    assert.equal(await database.number('SELECT count(*) AS n FROM events WHERE json_valid(meta)'), 500)
    await database.undo()
    assert.deepEqual(await database.dump(), before)
  })
}

test('other checks stay the server’s', { skip }, async () => {
  const database = await create([`CREATE TABLE events (${tables['that checks more than JSON']})`])
  const before = await database.dump()
  await assert.rejects(
    database.seed({ rows: { events: 500 } }, { change: wrongly('amount', -1) }),
    failsWith('HR_DATABASE_CONSTRAINT', /amount/),
  )
  await database.undo()
  assert.deepEqual(await database.dump(), before)
})
