import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { TestContext } from 'node:test'

import type { Factory } from '../../../src/factory/client.ts'
import { hashFraction, hashKey } from '../../../src/factory/hash.ts'
import type { SeedProgress } from '../../../src/model/seed-plan.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'
import { factoryChildren, factoryFor, failsWith, finishSeeding, killedAfter } from '../factory-process.ts'
import { definitions, dump, hasLedger, manyRows, query, shopSql, tableHashes } from './postgres-shop.ts'

const points = 20
const key = hashKey(3, 'kill points')

function finish(factory: Factory, url: string): Promise<void> {
  return finishSeeding(factory, manyRows, () => hasLedger(url))
}

describe('a PostgreSQL whose seeding is killed', { skip: skipReason('postgres') }, () => {
  let server: TestServer
  /** What a run that nobody interrupts makes, and how long it takes. */
  let reference: Readonly<Record<string, string>> = {}
  let millis = 0
  let atFirst = ''
  let defined = ''

  before(async () => {
    server = await startPostgres()
  })
  after(() => server.stop())

  async function shop(context: TestContext): Promise<{ url: string; factory: Factory }> {
    const url = await server.createDatabase()
    await query(url, shopSql)
    const factory = factoryFor(context, '/', url)
    await factory.schema()
    return { url, factory }
  }

  it('(what nobody interrupts, to compare with)', async (context) => {
    const { url, factory } = await shop(context)
    atFirst = await dump(url)
    defined = await definitions(url)
    const plan = await factory.plan(manyRows)
    const beganAt = performance.now()
    await factory.seed(plan, () => {})
    millis = performance.now() - beganAt
    reference = await tableHashes(url)
  })

  for (let point = 0; point < points; point++) {
    it(`at random point ${point + 1} of ${points}: resumed, the rows are the same, and undone nothing is left`, async (context) => {
      const { url, factory } = await shop(context)
      const plan = await factory.plan(manyRows)
      await killedAfter(hashFraction(key, point) * millis, () => factory.seed(plan, () => {}))
      await factory.schema()
      if (point % 3 === 0)
        await killedAfter(hashFraction(key, point + points) * millis, () => finish(factory, url))
      await finish(factory, url)
      assert.deepEqual(await tableHashes(url), reference)
      assert.equal(await definitions(url), defined)
      await factory.schema()
      if (point % 3 === 1)
        await killedAfter((hashFraction(key, point + points) * millis) / 3, () => factory.undo(() => {}))
      await factory.undo(() => {})
      assert.equal(await dump(url), atFirst)
    })
  }

  for (const phase of ['prepare', 'insert', 'index'] as const) {
    it(`while it reports "${phase}": undone at once, nothing is left`, async (context) => {
      const { url, factory } = await shop(context)
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
      assert.equal(await dump(url), atFirst)
    })
  }
})
