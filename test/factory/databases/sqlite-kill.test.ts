import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { TestContext } from 'node:test'

import type { Factory } from '../../../src/factory/client.ts'
import type { SeedProgress } from '../../../src/model/seed-plan.ts'
import { openDatabase } from '../../../src/factory/databases/index.ts'
import { hashFraction, hashKey } from '../../../src/factory/hash.ts'
import { factoryChildren, factoryFor, failsWith, finishSeeding, killedAfter } from '../factory-process.ts'
import type { TemporaryDatabase } from '../temporary-database.ts'
import {
  blogSql,
  contentHash,
  createDatabase,
  query,
  resume,
  seed,
  seedInPart,
  tableHashes,
  undo,
  violations,
} from '../temporary-database.ts'

/** Enough activities that their indexes are put away. */
const options = { rows: { users: 1200 }, per: { activities: 50 } }
const sql = `${blogSql} CREATE INDEX activities_type ON activities (type, created_at);
  UPDATE users SET created_at = '2025-01-01 00:00:00'; UPDATE activities SET created_at = '2025-01-01 00:00:00'; ANALYZE;`
const points = 20
const key = hashKey(1, 'kill points')

/** What a run that nobody interrupts makes, and how long it takes. */
let reference: Readonly<Record<string, string>> = {}
let millis = 0

before(async (context) => {
  const target = createDatabase(context as TestContext, sql)
  const beganAt = performance.now()
  await seed(target, options)
  millis = performance.now() - beganAt
  reference = tableHashes(target.path)
})

function finish(factory: Factory, target: TemporaryDatabase): Promise<void> {
  const hasRun = "SELECT 1 FROM sqlite_schema WHERE name = 'headroom_run'"
  return finishSeeding(factory, options, () => query(target.path, hasRun).length > 0)
}

for (let point = 0; point < points; point++) {
  const mode = point % 2 === 0 ? 'delete' : 'wal'
  test(`killed at random point ${point + 1} of ${points} (${mode}): resumed, the rows are the same, and undone nothing is left`, async (context) => {
    const target = createDatabase(context, `PRAGMA journal_mode = ${mode}; ${sql}`)
    const untouched = contentHash(target.path)
    const factory = factoryFor(context, target.root)
    const plan = await factory.plan(options)
    await killedAfter(hashFraction(key, point) * millis, () => factory.seed(plan, () => {}))
    await factory.schema()
    if (point % 3 === 0)
      await killedAfter(hashFraction(key, point + points) * millis, () => finish(factory, target))
    await finish(factory, target)
    assert.deepEqual(tableHashes(target.path), reference)
    assert.deepEqual(violations(target.path), [])
    await factory.schema()
    if (point % 3 === 1)
      await killedAfter((hashFraction(key, point + points) * millis) / 2, () => factory.undo(() => {}))
    await factory.undo(() => {})
    assert.equal(contentHash(target.path), untouched)
    assert.deepEqual(query(target.path, "SELECT name FROM sqlite_schema WHERE name LIKE 'headroom%'"), [])
  })
}

for (const phase of ['prepare', 'insert', 'index'] as const) {
  test(`killed while it reports "${phase}": nothing but resume and undo is allowed, and both are exact`, async (context) => {
    const target = createDatabase(context, sql)
    const untouched = contentHash(target.path)
    const factory = factoryFor(context, target.root)
    const plan = await factory.plan(options)
    const pids = await factoryChildren()
    const killAt = (progress: SeedProgress) => {
      if (progress.phase === phase) for (const pid of pids) process.kill(pid, 'SIGKILL')
    }
    await assert.rejects(factory.seed(plan, killAt), failsWith('HR_FACTORY_DIED', /SIGKILL/))
    await assert.rejects(
      factory.seed(plan, () => {}),
      failsWith('HR_SEED_UNFINISHED', /interrupted/),
    )
    if (phase === 'index') await factory.resume(() => {})
    if (phase === 'index') assert.deepEqual(tableHashes(target.path), reference)
    await factory.undo(() => {})
    assert.equal(contentHash(target.path), untouched)
  })
}

test('an undo that was killed leaves rows that more can be seeded after', async (context) => {
  const target = createDatabase(context, sql)
  const untouched = contentHash(target.path)
  const factory = factoryFor(context, target.root)
  const plan = await factory.plan(options)
  await factory.seed(plan, () => {})
  const pids = await factoryChildren()
  const undoing = factory.undo(({ phase }) => {
    if (phase === 'undo') for (const pid of pids) process.kill(pid, 'SIGKILL')
  })
  await assert.rejects(undoing, failsWith('HR_FACTORY_DIED', /SIGKILL/))
  await factory.seed(await factory.plan(options), () => {})
  assert.deepEqual(violations(target.path), [])
  await factory.undo(() => {})
  assert.equal(contentHash(target.path), untouched)
})

test('an undo of an unfinished run that reached rows of an earlier one must be finished', async (context) => {
  const target = createDatabase(context, sql)
  const untouched = contentHash(target.path)
  await seed(target, { rows: { users: 50 } })
  await seedInPart(target, options, 1000)
  const database = await openDatabase(target.path, target.root)
  while ((await database.removeChunk('tags', 1000, new AbortController().signal)) !== null) continue
  await database.close()
  await assert.rejects(resume(target), failsWith('HR_UNDO_UNFINISHED', /Undo again/))
  await undo(target)
  assert.equal(contentHash(target.path), untouched)
})

test('another process that seeds or undoes meanwhile is refused', async (context) => {
  const target = createDatabase(context, sql)
  const [one, other] = [factoryFor(context, target.root), factoryFor(context, target.root)]
  const plan = await one.plan(options)
  const refused: Promise<void>[] = []
  const attempt = async () => {
    for (const change of [
      () => other.seed(plan, () => {}),
      () => other.resume(() => {}),
      () => other.undo(() => {}),
    ])
      await assert.rejects(change, failsWith('HR_SEED_BUSY', /Another Headroom run/))
  }
  await one.seed(plan, ({ phase }) => {
    if (phase === 'insert' && refused.length === 0) refused.push(attempt())
  })
  assert.equal(refused.length, 1)
  await Promise.all(refused)
  assert.deepEqual(tableHashes(target.path), reference)
})
