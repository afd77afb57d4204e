import assert from 'node:assert/strict'
import { test } from 'node:test'

import { openDatabase } from '../../../src/factory/databases/index.ts'
import { seedDatabase } from '../../../src/factory/seed.ts'
import { inPartsOf } from '../in-parts.ts'
import {
  contentHash,
  copyOf,
  createDatabase,
  numberOf,
  planFor,
  query,
  runSql,
  seed,
  undo,
  violations,
} from '../temporary-database.ts'

const never = new AbortController().signal
const rows = 5000
/** So few at a time that the run's last row does not make way for them. */
const fewRows = 20

const tables = {
  'a row number': 'id INTEGER PRIMARY KEY, note TEXT NOT NULL)',
  'a row number alone': 'id INTEGER PRIMARY KEY)',
  'a row number behind others': 'note TEXT NOT NULL, "the id" INTEGER NOT NULL PRIMARY KEY)',
  'a counter': 'id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT NOT NULL)',
  'a column with an index of its own': 'id INT NOT NULL PRIMARY KEY, note TEXT NOT NULL)',
  'a descending column, which is no row number': 'id INTEGER PRIMARY KEY DESC, note TEXT NOT NULL)',
  'a table without row numbers': 'id INTEGER PRIMARY KEY, note TEXT NOT NULL) WITHOUT ROWID',
  'a strict table': 'id INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT',
  'a checked key that others are computed from':
    'id INTEGER PRIMARY KEY CHECK (id > 0), twice INTEGER AS (id * 2) STORED UNIQUE, note TEXT NOT NULL)',
  'rows that refer to each other':
    'id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES t (id) ON UPDATE CASCADE, note TEXT NOT NULL)',
}

for (const [name, definition] of Object.entries(tables)) {
  test(`the rows and their keys are the same at the table's end and before its last row: ${name}`, async (context) => {
    const target = createDatabase(context, `CREATE TABLE t (${definition}`)
    const untouched = contentHash(target.path)
    const plan = await planFor(target, { rows: { t: rows } })
    const inParts = copyOf(target, 'parts.sqlite')
    const database = await openDatabase(inParts.path, inParts.root)
    await seedDatabase(inPartsOf(database, fewRows), plan, () => {}, never)
    await database.close()
    await seed(target, { rows: { t: rows } })
    assert.equal(numberOf(target.path, 'SELECT count(*) AS n FROM t'), rows)
    assert.equal(contentHash(target.path), contentHash(inParts.path))
    assert.deepEqual(violations(target.path), [])
    await undo(target)
    assert.equal(contentHash(target.path), untouched)
  })
}

test('the rows follow each other in the file, with full pages', async (context) => {
  const target = createDatabase(context, 'CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT NOT NULL)')
  await seed(target, { rows: { t: rows } })
  runSql(target.path, 'CREATE TABLE same AS SELECT * FROM t')
  const pages = (table: string) =>
    numberOf(target.path, `SELECT count(*) AS n FROM dbstat WHERE name = '${table}'`)
  assert.ok(pages('t') <= pages('same') * 1.05, `${pages('t')} pages beside ${pages('same')}`)
})

test('rows that the application adds or changes at the end meanwhile stay as they are', async (context) => {
  const target = createDatabase(
    context,
    "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT NOT NULL); INSERT INTO t VALUES (7, 'first')",
  )
  const changes = [
    "UPDATE t SET note = 'changed' WHERE id = (SELECT max(id) FROM t)",
    "INSERT INTO t (note) VALUES ('added')",
  ]
  await seed(target, { rows: { t: rows } }, never, () => {
    const change = changes.shift()
    if (change !== undefined) runSql(target.path, change)
  })
  assert.deepEqual(changes, [])
  const last = query(target.path, 'SELECT id, note FROM t ORDER BY id DESC LIMIT 2')
  assert.deepEqual(
    last.map(({ id, note }) => [id, note]),
    [
      [8 + rows, 'added'],
      [7 + rows, 'changed'],
    ],
  )
  assert.equal(numberOf(target.path, 'SELECT count(*) AS n FROM t'), rows + 2)
  await undo(target)
  const left = query(target.path, 'SELECT id, note FROM t ORDER BY id')
  assert.deepEqual(
    left.map(({ id, note }) => [id, note]),
    [
      [7, 'first'],
      [8 + rows, 'added'],
    ],
  )
})

test('no trigger is told of rows that change places', async (context) => {
  const target = createDatabase(
    context,
    `CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT NOT NULL); CREATE TABLE seen (id INTEGER);
     CREATE TRIGGER t_changed AFTER UPDATE ON t BEGIN INSERT INTO seen VALUES (new.id); END`,
  )
  await seed(target, { rows: { t: rows } })
  assert.equal(numberOf(target.path, 'SELECT count(*) AS n FROM t'), rows)
  assert.equal(numberOf(target.path, 'SELECT count(*) AS n FROM seen'), 0)
})
