import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { openFactory, type Factory } from '../../../src/factory/client.ts'
import type { Database } from '../../../src/factory/databases/database.ts'
import { hashFraction, hashKey } from '../../../src/factory/hash.ts'
import type { SeedProgress } from '../../../src/model/seed-plan.ts'
import { factoryChildren, failsWith, finishSeeding, killedAfter } from '../factory-process.ts'
import { mariadbForFile, shopSql, skip, type ServerDatabase } from './mysql-database.ts'

const create = mariadbForFile()
/** Enough activities that their indexes are put away. */
const options = { rows: { users: 600 }, per: { activities: 100 } }
const points = 10
const key = hashKey(1, 'kill points')

/** What a run that nobody interrupts makes, and how long it takes. */
let reference: Readonly<Record<string, string>> = {}
let millis = 0

before(async () => {
  if (skip !== false) return
  const shop = await create(shopSql)
  await withFactory(shop, async (factory) => {
    const plan = await factory.plan(options)
    const beganAt = performance.now()
    await factory.seed(plan, () => {})
    millis = performance.now() - beganAt
  })
  reference = await shop.hashes()
})

async function withFactory<T>(shop: ServerDatabase, work: (factory: Factory) => Promise<T>): Promise<T> {
  const factory = openFactory({ root: '/', databaseUrl: shop.url })
  try {
    return await work(factory)
  } finally {
    await factory.dispose()
  }
}

function finish(factory: Factory, shop: ServerDatabase): Promise<void> {
  return finishSeeding(
    factory,
    options,
    async () => (await shop.number('SELECT count(*) AS n FROM activities')) > 6,
  )
}

for (let point = 0; point < points; point++) {
  test(
    `killed at random point ${point + 1} of ${points}: resumed, the rows are the same, and undone nothing is left`,
    { skip },
    async () => {
      const shop = await create(shopSql)
      const untouched = await shop.dump()
      await withFactory(shop, async (factory) => {
        const plan = await factory.plan(options)
        await killedAfter(hashFraction(key, point) * millis, () => factory.seed(plan, () => {}))
        await factory.schema()
        if (point % 3 === 0)
          await killedAfter(hashFraction(key, point + points) * millis, () => finish(factory, shop))
        await factory.schema()
        await finish(factory, shop)
        assert.deepEqual(await shop.hashes(), reference)
        assert.deepEqual(await shop.brokenReferences(), [])
        if (point % 3 === 1)
          await killedAfter((hashFraction(key, point + points) * millis) / 2, () => factory.undo(() => {}))
        await factory.undo(() => {})
      })
      assert.deepEqual(await shop.dump(), untouched)
    },
  )
}

for (const phase of ['prepare', 'insert', 'index'] as const) {
  test(
    `killed while it reports "${phase}": undone, nothing is left, and the app's rows are`,
    { skip },
    async () => {
      const shop = await create(shopSql)
      const untouched = await shop.dump()
      await withFactory(shop, async (factory) => {
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
        await shop.run("INSERT INTO tags (name) VALUES ('mine')")
        await factory.undo(() => {})
      })
      assert.equal(await shop.number("SELECT count(*) AS n FROM tags WHERE name = 'mine'"), 1)
      await shop.run("DELETE FROM tags WHERE name = 'mine'", 'ALTER TABLE tags AUTO_INCREMENT = 6')
      assert.deepEqual(await shop.dump(), untouched)
    },
  )
}

test('another process that seeds or undoes meanwhile is refused', { skip }, async () => {
  const shop = await create(shopSql)
  let refusals = 0
  const change = (database: Database): Database => ({
    ...database,
    append: async (chunk, signal) => {
      await database.append(chunk, signal)
      if (refusals > 0) return
      await withFactory(shop, async (other) => {
        for (const attempt of [() => other.undo(() => {}), () => other.resume(() => {})]) {
          await assert.rejects(attempt(), failsWith('HR_SEED_BUSY', /Another Headroom run/))
          refusals++
        }
      })
    },
  })
  await shop.seed(options, { change })
  assert.equal(refusals, 2)
  assert.deepEqual(await shop.hashes(), reference)
})
