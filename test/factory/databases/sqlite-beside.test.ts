import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import type { TestContext } from 'node:test'

import { factoryChildren, factoryFor, failsWith } from '../factory-process.ts'
import type { TemporaryDatabase } from '../temporary-database.ts'
import {
  blogSql,
  contentHash,
  copyOf,
  createDatabase,
  numberOf,
  runSql,
  violations,
} from '../temporary-database.ts'

const options = { rows: { users: 1500, tags: 200 }, per: { activities: 50 } }

/** An application that adds rows to tables with and without a counter, and tells at its end how many. */
const application = `
  import { DatabaseSync } from 'node:sqlite'
  import { setTimeout as sleep } from 'node:timers/promises'
  const database = new DatabaseSync(process.argv[1], { timeout: 20000 })
  let running = true
  let rows = 0
  process.stdin.on('data', () => { running = false })
  console.log('running')
  while (running) {
    rows++
    database.exec("INSERT INTO users (name, email, role) VALUES ('App', 'app" + rows + "@app.example', 'member')")
    database.exec("INSERT INTO tags (name) VALUES ('app " + rows + "')")
    database.exec("INSERT INTO activities (user_id, type) VALUES (1, 'app')")
    await sleep(1)
  }
  console.log(rows)
  database.close()
  process.exit(0)`

/** Runs the application beside `work`; gives the number of rows that it added to each of its tables. */
async function beside(
  context: TestContext,
  { path }: TemporaryDatabase,
  work: () => Promise<void>,
): Promise<number> {
  const app = spawn(process.execPath, ['--input-type=module', '--eval', application, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  context.after(() => app.kill('SIGKILL'))
  const lines = createInterface({ input: app.stdout })
  await once(lines, 'line')
  await work()
  const told = once(lines, 'line')
  app.stdin.write('stop')
  const [line] = await told
  return Number(line)
}

function checkRowsOfApp({ path }: TemporaryDatabase, rows: number): void {
  const counts = [
    "SELECT count(*) AS n FROM users WHERE name = 'App'",
    "SELECT count(*) AS n FROM tags WHERE name LIKE 'app %'",
    "SELECT count(*) AS n FROM activities WHERE type = 'app'",
  ]
  for (const count of counts) assert.equal(numberOf(path, count), rows, count)
}

for (const mode of ['delete', 'wal']) {
  test(`rows that the application adds meanwhile neither collide nor go (${mode})`, async (context) => {
    const target = createDatabase(context, `PRAGMA journal_mode = ${mode}; ${blogSql}`)
    const untouched = copyOf(target, 'untouched.sqlite')
    const factory = factoryFor(context, target.root)
    const plan = await factory.plan(options)
    let planned = 0
    const rows = await beside(context, target, async () => {
      const result = await factory.seed(plan, () => {})
      planned = result.rows
    })
    assert.ok(rows > 3, String(rows))
    assert.equal(
      planned,
      plan.tables.reduce((sum, table) => sum + table.rows, 0),
    )
    checkRowsOfApp(target, rows)
    assert.deepEqual(violations(target.path), [])
    await factory.undo(() => {})
    checkRowsOfApp(target, rows)
    runSql(
      target.path,
      `DELETE FROM users WHERE name = 'App'; DELETE FROM tags WHERE name LIKE 'app %'; DELETE FROM activities WHERE type = 'app';
       UPDATE sqlite_sequence SET seq = 7`,
    )
    assert.equal(contentHash(target.path), contentHash(untouched.path))
  })
}

test('killed and resumed while the application goes on', async (context) => {
  const target = createDatabase(context, `PRAGMA journal_mode = WAL; ${blogSql}`)
  const factory = factoryFor(context, target.root)
  const plan = await factory.plan(options)
  const rows = await beside(context, target, async () => {
    const pids = await factoryChildren()
    const seeding = factory.seed(plan, ({ phase }) => {
      if (phase === 'insert') for (const pid of pids) process.kill(pid, 'SIGKILL')
    })
    await assert.rejects(seeding, failsWith('HR_FACTORY_DIED', /SIGKILL/))
    await factory.resume(() => {})
  })
  checkRowsOfApp(target, rows)
  assert.deepEqual(violations(target.path), [])
  for (const { table, rows: made } of plan.tables) {
    const added = ['users', 'tags', 'activities'].includes(table.name) ? rows : 0
    assert.equal(
      numberOf(target.path, `SELECT count(*) AS n FROM ${table.name}`),
      table.rowCount + made + added,
    )
  }
  await factory.undo(() => {})
  checkRowsOfApp(target, rows)
  assert.deepEqual(violations(target.path), [])
})
