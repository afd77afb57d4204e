import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../scripts/lifetime.ts'
import type { SeedPlan } from '../../src/model/seed-plan.ts'
import { restoreData } from '../../src/workflows/same-data.ts'
import { planSeeds, seedDatabase } from '../../src/workflows/seed.ts'

const { signal } = new AbortController()

function nothing(): void {}

function inDatabase<T>(file: string, use: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file)
  try {
    return use(database)
  } finally {
    database.close()
  }
}

describe('restoreData', { timeout: 120_000 }, () => {
  it('makes the rows again that a run began with, and leaves them where nothing changed', async () => {
    await using folder = await temporaryFolder('headroom-same-data-')
    const file = join(folder.path, 'app.sqlite')
    inDatabase(file, (database) =>
      database.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)'),
    )
    const content = () => inDatabase(file, (database) => database.prepare('SELECT * FROM users').all())
    const database = { root: folder.path, databaseUrl: `sqlite:${file}`, variable: null }
    const plans = await planSeeds({ ...database, options: [{ scale: 'small' }] }, nothing, signal)
    const plan: SeedPlan | undefined = plans[0]
    assert.ok(plan)
    await seedDatabase({ ...database, plan }, nothing, signal)
    const seeded = content()
    const order = { ...database, plan, rows: { users: seeded.length } }
    assert.equal(await restoreData(order, nothing, signal), null)

    inDatabase(file, (each) => each.exec('DELETE FROM users WHERE id % 2 = 0'))
    assert.ok(content().length < seeded.length)
    const result = await restoreData(order, nothing, signal)
    assert.equal(result?.complete, true)
    assert.deepEqual(content(), seeded)
  })
})
