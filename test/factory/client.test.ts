import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { test } from 'node:test'

import { openFactory } from '../../src/factory/client.ts'
import type { SeedProgress } from '../../src/model/seed-plan.ts'
import { factoryChildren, factoryFor, failsWith, isRunning, waitUntil } from './factory-process.ts'
import { blogSql, contentHash, createDatabase, numberOf, violations } from './temporary-database.ts'

const options = { rows: { users: 2000 }, per: { activities: 200 } }
const clientFile = fileURLToPath(new URL('../../src/factory/client.ts', import.meta.url))

test('plan, seed, values and undo through a process of its own', async (context) => {
  const { root, path } = createDatabase(context, blogSql)
  const before = contentHash(path)
  const factory = factoryFor(context, root)
  const schema = await factory.schema()
  assert.ok(schema.tables.some((table) => table.name === 'post_tags'))
  const plan = await factory.plan({ rows: { users: 500 }, per: { activities: 10 } })
  assert.equal(plan.database, 'app.sqlite')
  assert.equal(contentHash(path), before)
  const reports: SeedProgress[] = []
  const result = await factory.seed(plan, (progress) => reports.push(progress))
  assert.equal(
    result.rows,
    plan.tables.reduce((sum, table) => sum + table.rows, 0),
  )
  assert.deepEqual(violations(path), [])
  const last = reports.at(-1)
  assert.deepEqual([last?.rowsDone, last?.rowsTotal, last?.secondsLeft], [result.rows, result.rows, 0])
  const undone = await factory.undo(() => {})
  assert.equal(undone.rows, result.rows)
  assert.equal(contentHash(path), before)
  assert.equal((await factory.undo(() => {})).rows, 0)
})

test('values are distinct, spread evenly, always the same, and quoted', async (context) => {
  const { root } = createDatabase(
    context,
    `CREATE TABLE "odd ""name" (id INTEGER PRIMARY KEY, "a ""b" TEXT);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
     INSERT INTO "odd ""name" SELECT i * 3, CASE WHEN i % 2 THEN 'x' || (i % 10) END FROM n`,
  )
  const factory = factoryFor(context, root)
  const ids = await factory.values({ table: 'odd "name', column: 'id', limit: 10 })
  assert.deepEqual(ids, {
    values: ['3', '303', '603', '903', '1203', '1503', '1803', '2103', '2403', '2703'],
    total: 1000,
  })
  assert.deepEqual(await factory.values({ table: 'odd "name', column: 'a "b', limit: 100 }), {
    values: ['x1', 'x3', 'x5', 'x7', 'x9'],
    total: 5,
  })
  assert.equal((await factory.values({ table: 'odd "name', column: 'id', limit: 1000 })).values.length, 1000)
  assert.deepEqual((await factory.values({ table: 'odd "name', column: 'id', limit: 0 })).values, [])
  await assert.rejects(
    factory.values({ table: 'users', column: 'id', limit: 1 }),
    failsWith('HR_SEED_TABLE', /no table `users`/),
  )
  await assert.rejects(
    factory.values({ table: 'odd "name', column: 'nope', limit: 1 }),
    failsWith('HR_SEED_COLUMN', /no column `nope`/),
  )
})

test('a cancel is heard within a chunk, and what was made can be undone', async (context) => {
  const { root, path } = createDatabase(context, blogSql)
  const before = contentHash(path)
  const factory = factoryFor(context, root)
  const plan = await factory.plan(options)
  const stop = new AbortController()
  let stoppedAt = 0
  const result = await factory.seed(
    plan,
    (progress) => {
      if (progress.rowsDone < 40_000 || stop.signal.aborted) return
      stoppedAt = performance.now()
      stop.abort()
    },
    stop.signal,
  )
  assert.ok(performance.now() - stoppedAt < 500, `${performance.now() - stoppedAt} ms`)
  assert.ok(result.rows >= 40_000 && result.rows < 400_000, String(result.rows))
  assert.deepEqual(violations(path), [])
  assert.equal((await factory.undo(() => {})).rows, result.rows)
  assert.equal(contentHash(path), before)
})

for (const mode of ['delete', 'wal']) {
  test(`killed in the middle of seeding (${mode}), calls reject, and undo leaves no trace`, async (context) => {
    const { root, path } = createDatabase(context, `PRAGMA journal_mode = ${mode}; ${blogSql}`)
    const before = contentHash(path)
    const factory = factoryFor(context, root)
    const plan = await factory.plan(options)
    const children = await factoryChildren()
    let rowsSeen = 0
    const seeding = factory.seed(plan, (progress) => {
      rowsSeen = progress.rowsDone
      if (rowsSeen > 30_000) for (const pid of children) process.kill(pid, 'SIGKILL')
    })
    await assert.rejects(seeding, failsWith('HR_FACTORY_DIED', /SIGKILL.*can be undone/))
    assert.ok(rowsSeen > 30_000 && rowsSeen < 400_000)
    assert.deepEqual(violations(path), [])
    const undone = await factory.undo(() => {})
    assert.ok(undone.rows >= rowsSeen, `${undone.rows} undone, ${rowsSeen} seen`)
    assert.equal(contentHash(path), before)
  })
}

test('two changes at once are refused, questions in between are answered', async (context) => {
  const { root } = createDatabase(context, blogSql)
  const factory = factoryFor(context, root)
  const plan = await factory.plan({ rows: { users: 300 } })
  const seeding = factory.seed(plan, () => {})
  const values = factory.values({ table: 'tags', column: 'id', limit: 1 })
  await assert.rejects(
    factory.seed(plan, () => {}),
    failsWith('HR_SEED_BUSY', /already/),
  )
  assert.deepEqual((await values).values, ['1'])
  await seeding
})

test('a missing database rejects the call, and the factory goes on', async (context) => {
  const { root } = createDatabase(context, blogSql)
  const factory = factoryFor(context, root, 'data/app.sqlite')
  await assert.rejects(factory.schema(), failsWith('HR_DATABASE_MISSING', /no database at data\/app\.sqlite/))
  await assert.rejects(
    factory.undo(() => {}),
    failsWith('HR_DATABASE_MISSING', /no database/),
  )
  assert.equal(existsSync(join(root, 'data')), false)
})

test('dispose ends the process and rejects what is pending', async (context) => {
  const { root, path } = createDatabase(context, blogSql)
  const others = await factoryChildren()
  const factory = openFactory({ root, databaseUrl: path })
  const plan = await factory.plan(options)
  const mine = (await factoryChildren()).filter((pid) => !others.includes(pid))
  assert.equal(mine.length, 1)
  const seeding = factory.seed(plan, () => {})
  const rejected = assert.rejects(seeding, failsWith('HR_FACTORY_CLOSED', /closed/))
  await factory.dispose()
  await rejected
  assert.ok(mine.every((pid) => !isRunning(pid)))
  await assert.rejects(factory.schema(), failsWith('HR_FACTORY_CLOSED', /closed/))
  assert.deepEqual(violations(path), [])
})

test('a parent that is killed takes the child along, and the database stays sound', async (context) => {
  const { root, path } = createDatabase(context, blogSql)
  const before = contentHash(path)
  const script = `import { openFactory } from ${JSON.stringify(new URL('../../src/factory/client.ts', import.meta.url).href)}
    const factory = openFactory(${JSON.stringify({ root, databaseUrl: path })})
    const plan = await factory.plan(${JSON.stringify(options)})
    await factory.seed(plan, (progress) => { if (progress.rowsDone > 20_000) console.log('seeding') })`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(parent.stdout, 'data')
  const children = await factoryChildren(parent.pid)
  assert.equal(children.length, 1)
  parent.kill('SIGKILL')
  await waitUntil(() => !children.some(isRunning))
  const factory = factoryFor(context, root)
  const undone = await factory.undo(() => {})
  assert.ok(undone.rows > 20_000 && undone.rows < 400_000, String(undone.rows))
  assert.equal(contentHash(path), before)
  assert.equal(numberOf(path, "SELECT count(*) AS n FROM sqlite_schema WHERE name LIKE 'headroom%'"), 0)
})

test('nothing but results reaches the terminal', async (context) => {
  const { root, path } = createDatabase(context, blogSql)
  const script = `import { openFactory } from ${JSON.stringify(new URL('../../src/factory/client.ts', import.meta.url).href)}
    const factory = openFactory(${JSON.stringify({ root, databaseUrl: path })})
    await factory.seed(await factory.plan({}), () => {})
    await factory.dispose()`
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
  ])
  assert.deepEqual([stdout, stderr], ['', ''])
})

test('a Node without SQLite is said so', async (context) => {
  const { root, path } = createDatabase(context, blogSql)
  const script = `import { openDatabase } from ${JSON.stringify(new URL('../../src/factory/databases/index.ts', import.meta.url).href)}
    await openDatabase(${JSON.stringify(path)}, ${JSON.stringify(root)}).catch((error) => console.log(JSON.stringify(error.data)))`
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--no-experimental-sqlite',
    '--input-type=module',
    '--eval',
    script,
  ])
  assert.match(stdout, /"HR_SQLITE_MISSING".*Node 22\.13 or newer/)
})

/** All files that a module loads when it starts, without those that only give types. */
function importsOf(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const source = readFileSync(file, 'utf8')
  for (const [, specifier = ''] of source.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm)) {
    if (specifier.startsWith('.')) importsOf(join(dirname(file), specifier), seen)
    else seen.add(specifier)
  }
  return seen
}

test('the client loads no database driver, and only databases/ names one', () => {
  const loaded = [...importsOf(clientFile)].filter((name) => !name.startsWith('/'))
  assert.deepEqual(loaded.toSorted(), ['@vscode/l10n', 'node:child_process', 'node:url'])
  const folder = dirname(clientFile)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const naming = files.filter((file) => readFileSync(join(folder, file), 'utf8').includes("'node:sqlite'"))
  assert.ok(naming.length > 0 && naming.every((file) => file.startsWith('databases')), naming.join())
})
