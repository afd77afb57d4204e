import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Database } from '../../../src/factory/databases/database.ts'
import { mariadbForFile, skip } from './mysql-database.ts'

const create = mariadbForFile()
const tables = [
  'CREATE TABLE groups_of_people (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, size INT NOT NULL)',
  `CREATE TABLE people (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, group_id INT NOT NULL, next_id INT,
    CONSTRAINT people_group FOREIGN KEY (group_id) REFERENCES groups_of_people (id),
    CONSTRAINT people_next FOREIGN KEY (next_id) REFERENCES people (id)) AUTO_INCREMENT = 50`,
]
const options = { rows: { groups_of_people: 21_000, people: 22_000 } }

/** Notes which tables were emptied at once. */
function noting(emptied: string[]): (database: Database) => Database {
  return (database) => ({
    ...database,
    removeAll: async (table) => {
      const rows = (await database.removeAll?.(table)) ?? null
      if (rows !== null) emptied.push(`${table}: ${rows}`)
      return rows
    },
  })
}

test('large tables of nothing but new rows are emptied at once, children first', { skip }, async () => {
  const database = await create(tables)
  const before = await database.dump()
  await database.seed(options)
  const emptied: string[] = []
  const result = await database.undo({ change: noting(emptied) })
  assert.deepEqual(emptied, ['people: 22000'])
  assert.equal(result.rows, 43_000)
  assert.deepEqual(await database.dump(), before)
})

test('a row of somebody else stays, and so does the number of the next', { skip }, async () => {
  const database = await create(tables)
  await database.run('INSERT INTO groups_of_people VALUES (1, 1)', 'INSERT INTO people VALUES (20, 1, NULL)')
  await database.seed(options)
  await database.run('INSERT INTO people (group_id) VALUES (1)')
  const [mine] = await database.rows('SELECT max(id) AS id FROM people')
  const emptied: string[] = []
  await database.undo({ change: noting(emptied) })
  assert.deepEqual(emptied, [])
  assert.deepEqual(await database.rows('SELECT id FROM people ORDER BY id'), [{ id: 20 }, mine])
  await database.run('INSERT INTO people (group_id) VALUES (1)')
  assert.equal(await database.number('SELECT max(id) AS n FROM people'), Number(mine?.['id']) + 1)
})

test('a number that somebody has used and given back is not given again', { skip }, async () => {
  const database = await create(tables)
  await database.seed(options)
  await database.run(
    'INSERT INTO people (group_id) SELECT min(id) FROM groups_of_people',
    'DELETE FROM people ORDER BY id DESC LIMIT 1',
  )
  const next = async () =>
    database.number(
      "SELECT AUTO_INCREMENT AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'people'",
    )
  const used = await next()
  const emptied: string[] = []
  await database.undo({ change: noting(emptied) })
  assert.deepEqual(emptied, ['people: 22000'])
  assert.equal(await next(), used)
})

test('a table that somebody reads is not waited for: its rows go chunk by chunk', { skip }, async () => {
  const database = await create(tables)
  await database.seed(options)
  const emptied: string[] = []
  await database.connected(async (other) => {
    await other.query('START TRANSACTION')
    await other.query('SELECT count(*) FROM people')
    const change = (opened: Database): Database => ({
      ...noting(emptied)(opened),
      dropLedger: async () => {
        await other.query('COMMIT')
        await opened.dropLedger()
      },
    })
    await database.undo({ change })
  })
  assert.deepEqual(emptied, [])
  assert.equal(await database.number('SELECT count(*) AS n FROM people'), 0)
})
