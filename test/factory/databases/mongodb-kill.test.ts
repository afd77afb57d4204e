import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { openFactory, type Factory } from '../../../src/factory/client.ts'
import { hashFraction, hashKey } from '../../../src/factory/hash.ts'
import type { DocumentModel } from '../../../src/model/document-model.ts'
import { dump, startMongodb, withDatabase } from '../../servers/mongodb.ts'
import { projectOf } from '../../analysis/temporary-project.ts'
import { failsWith, finishSeeding, killedAfter } from '../factory-process.ts'
import { modelsIn, mongodbForFile, Shop, shopFiles, skip } from './mongodb-shop.ts'

const databaseUrl = mongodbForFile()
const options = { rows: { users: 150, catalogue: 30, categories: 5, orders: 1200, reviews: 100 } }
const points = 6
const key = hashKey(1, 'kill points of MongoDB')

let models: readonly DocumentModel[] = []
/** What a run that nobody interrupts makes, and how long it takes. */
let reference: Readonly<Record<string, unknown>> = {}
let millis = 0

before(async (t) => {
  if (skip !== false || !('after' in t)) return
  models = modelsIn(projectOf(t, shopFiles))
  const url = await databaseUrl()
  await withFactory(url, async (factory) => {
    const plan = await factory.plan(options)
    const beganAt = performance.now()
    await factory.seed(plan, () => {})
    millis = performance.now() - beganAt
  })
  reference = await content(url)
})

async function withFactory<T>(url: string, work: (factory: Factory) => Promise<T>): Promise<T> {
  const factory = openFactory({ root: '/', databaseUrl: url, models })
  try {
    return await work(factory)
  } finally {
    await factory.dispose()
  }
}

async function content(url: string): Promise<Readonly<Record<string, unknown>>> {
  const all = await dump(url)
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('headroom_')))
}

/** Resumes, or seeds again where the kill came before the run was recorded. */
function finish(factory: Factory): Promise<void> {
  return finishSeeding(factory, options, async () =>
    (await factory.schema()).tables.some(({ rowCount }) => rowCount > 0),
  )
}

for (let point = 0; point < points; point++) {
  test(
    `killed at random point ${point + 1} of ${points}: resumed, the documents are the same, and undone nothing is left`,
    { skip },
    async () => {
      const url = await databaseUrl()
      await withDatabase(url, (db) => db.collection('users').createIndex({ email: 1 }, { unique: true }))
      const untouched = await dump(url)
      await withFactory(url, async (factory) => {
        const plan = await factory.plan(options)
        // The run itself comes after the sample, which takes nearly as long here.
        await killedAfter((0.3 + 0.7 * hashFraction(key, point)) * millis, () => factory.seed(plan, () => {}))
        await factory.schema()
        await finish(factory)
        const made = await content(url)
        for (const name of Object.keys(options.rows))
          assert.deepEqual(documentsOf(made, name), documentsOf(reference, name))
        if (point % 2 === 1)
          await killedAfter(hashFraction(key, point + points) * millis, () => factory.undo(() => {}))
        await factory.schema()
        await factory.undo(() => {})
      })
      assert.deepEqual(await content(url), untouched)
      assert.deepEqual(
        Object.keys(await dump(url)).filter((name) => name.startsWith('headroom_')),
        [],
      )
    },
  )
}

function documentsOf(all: Readonly<Record<string, unknown>>, name: string): unknown {
  const found = all[name]
  return typeof found === 'object' && found !== null ? Reflect.get(found, 'documents') : undefined
}

test(
  'a server that dies in mid-load is said so, and once it runs again the rest is made',
  { skip },
  async () => {
    const server = await startMongodb()
    try {
      await withFactory(server.url, async (factory) => {
        const plan = await factory.plan(options)
        const killing: Promise<void>[] = []
        const seeding = factory.seed(plan, ({ phase }) => {
          if (phase === 'insert' && killing.length === 0) killing.push(server.kill())
        })
        await assert.rejects(seeding, failsWith('HR_DATABASE', /connection to app on .* was lost.*resumed/))
        await Promise.all(killing)
        await server.restart()
        assert.equal((await factory.resume(() => {})).complete, true)
      })
      const made = await content(server.url)
      for (const name of Object.keys(options.rows))
        assert.deepEqual(documentsOf(made, name), documentsOf(reference, name))
    } finally {
      await server.stop()
    }
  },
)

test('another process that seeds or undoes meanwhile is refused', { skip }, async () => {
  const url = await databaseUrl()
  let refusals = 0
  await new Shop(url, models).seed(options, (database) => ({
    ...database,
    append: async (chunk, signal) => {
      await database.append(chunk, signal)
      if (refusals > 0) return
      await withFactory(url, async (other) => {
        for (const attempt of [() => other.undo(() => {}), () => other.resume(() => {})]) {
          await assert.rejects(attempt(), failsWith('HR_SEED_BUSY', /Another Headroom run/))
          refusals++
        }
      })
    },
  }))
  assert.equal(refusals, 2)
  assert.deepEqual(await content(url), reference)
})
