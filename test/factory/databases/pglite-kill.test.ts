import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import type { Factory } from '../../../src/factory/client.ts'
import { hashFraction, hashKey } from '../../../src/factory/hash.ts'
import type { SeedProgress } from '../../../src/model/seed-plan.ts'
import { factoryChildren, factoryFor, failsWith, finishSeeding, killedAfter } from '../factory-process.ts'
import { dump, projectWith, query, tableHashes, templateOf } from './pglite-project.ts'
import { manyRows, shopSql } from './postgres-shop.ts'

const points = 8
const key = hashKey(5, 'kill points')

function finish(factory: Factory, data: string): Promise<void> {
  const ledger = () => query(data, "SELECT 1 FROM pg_namespace WHERE nspname = 'headroom'")
  return finishSeeding(factory, manyRows, async () => (await ledger()).length > 0)
}

describe('a PGlite whose seeding is killed', () => {
  let shop: Awaited<ReturnType<typeof templateOf>>
  /** What a run that nobody interrupts makes, and how long it takes. */
  let reference: Readonly<Record<string, string>> = {}
  let millis = 0
  let atFirst = ''

  before(async () => {
    shop = await templateOf(shopSql)
    atFirst = await dump(shop.path)
  })
  after(() => shop[Symbol.dispose]())

  it('(what nobody interrupts, to compare with)', async (context) => {
    const { root, url, data } = projectWith(context, shop)
    const factory = factoryFor(context, root, url)
    const plan = await factory.plan(manyRows)
    const beganAt = performance.now()
    await factory.seed(plan, () => {})
    millis = performance.now() - beganAt
    reference = await tableHashes(data)
  })

  for (let point = 0; point < points; point++) {
    it(`at random point ${point + 1} of ${points}: resumed, the rows are the same, and undone nothing is left`, async (context) => {
      const { root, url, data } = projectWith(context, shop)
      const factory = factoryFor(context, root, url)
      const plan = await factory.plan(manyRows)
      await killedAfter(hashFraction(key, point) * millis, () => factory.seed(plan, () => {}))
      if (point % 3 === 0) {
        await factory.schema()
        await killedAfter(hashFraction(key, point + points) * millis, () => finish(factory, data))
      }
      await finish(factory, data)
      assert.deepEqual(await tableHashes(data), reference)
      if (point % 3 === 1) {
        await factory.schema()
        await killedAfter((hashFraction(key, point + points) * millis) / 3, () => factory.undo(() => {}))
      }
      await factory.undo(() => {})
      assert.equal(await dump(data), atFirst)
    })
  }

  for (const phase of ['prepare', 'insert', 'index'] as const) {
    it(`while it reports "${phase}": undone at once, nothing is left`, async (context) => {
      const { root, url, data } = projectWith(context, shop)
      const factory = factoryFor(context, root, url)
      const plan = await factory.plan(manyRows)
      const pids = await factoryChildren()
      const killAt = (progress: SeedProgress) => {
        if (progress.phase === phase) for (const pid of pids) process.kill(pid, 'SIGKILL')
      }
      await assert.rejects(factory.seed(plan, killAt), failsWith('HR_FACTORY_DIED', /SIGKILL/))
      await assert.rejects(
        factory.seed(plan, () => {}),
        failsWith('HR_SEED_UNFINISHED', /interrupted/),
      )
      await factory.undo(() => {})
      assert.equal(await dump(data), atFirst)
    })
  }
})
