import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { factoryFor, failsWith } from '../factory-process.ts'
import { schemaSql } from '../schemas/schema-sql.ts'
import { dump, numberOf, projectWith, query, tableHashes, templateOf } from './pglite-project.ts'
import { fewRows, manyRows, shopSql } from './postgres-shop.ts'

describe('a PGlite', () => {
  let shop: Awaited<ReturnType<typeof templateOf>>
  before(async () => {
    shop = await templateOf(shopSql)
  })
  after(() => shop[Symbol.dispose]())

  for (const [what, options] of [
    ['few rows, with the indexes in place', fewRows],
    ['many rows, with the indexes put away', manyRows],
  ] as const) {
    it(`is seeded with ${what}, and undone nothing is left`, async (context) => {
      const { root, url, data } = projectWith(context, shop)
      const atFirst = await dump(data)
      const factory = factoryFor(context, root, url)
      const plan = await factory.plan({ ...options, estimate: true })
      assert.ok((plan.estimate?.bytes ?? 0) > 0 && (plan.estimate?.freeBytes ?? 0) > 0)
      assert.equal(await dump(data), atFirst, 'planning changes nothing')
      const seeded = await factory.seed(plan, () => {})
      assert.equal(seeded.complete, true)
      for (const { table, rows } of plan.tables)
        assert.equal(seeded.tables.find((each) => each.table === table.name)?.rows, rows, table.name)
      assert.equal(await numberOf(data, 'SELECT count(*) AS n FROM users'), (options.rows?.users ?? 0) + 2)
      const undone = await factory.undo(() => {})
      assert.equal(undone.rows, seeded.rows)
      assert.equal(await dump(data), atFirst)
    })
  }

  it('has the same rows after a seed that was stopped and resumed as after one that was not', async (context) => {
    const whole = projectWith(context, shop)
    const first = factoryFor(context, whole.root, whole.url)
    await first.seed(await first.plan(manyRows), () => {})
    const stopped = projectWith(context, shop)
    const second = factoryFor(context, stopped.root, stopped.url)
    const stop = new AbortController()
    const result = await second.seed(
      await second.plan(manyRows),
      ({ phase, rowsDone }) => {
        if (phase === 'insert' && rowsDone > 10_000) stop.abort()
      },
      stop.signal,
    )
    assert.equal(result.complete, false)
    assert.equal((await second.resume(() => {})).complete, true)
    assert.deepEqual(await tableHashes(stopped.data), await tableHashes(whole.data))
  })

  it('keeps what the application adds and changes meanwhile', async (context) => {
    const { root, url, data } = projectWith(context, shop)
    const factory = factoryFor(context, root, url)
    await factory.seed(await factory.plan(fewRows), () => {})
    await query(data, "INSERT INTO users (name, email) VALUES ('Mine', 'mine@example.com')")
    await query(
      data,
      "INSERT INTO activities (user_id, type) SELECT id, 'mine' FROM users WHERE name IN ('Mine', 'Ann') AND id IN (1, (SELECT max(id) FROM users))",
    )
    const own = await query(data, "SELECT * FROM activities WHERE type = 'mine' ORDER BY id")
    assert.equal(own.length, 2)
    await factory.undo(() => {})
    assert.deepEqual(await query(data, "SELECT * FROM activities WHERE type = 'mine' ORDER BY id"), own)
    assert.equal(await numberOf(data, 'SELECT count(*) AS n FROM users'), 3)
    assert.equal(await numberOf(data, 'SELECT count(*) AS n FROM activities'), 5)
  })

  it('refuses to undo rows that the application refers to', async (context) => {
    const { root, url, data } = projectWith(context, shop)
    const factory = factoryFor(context, root, url)
    await factory.seed(await factory.plan(fewRows), () => {})
    await query(data, "INSERT INTO activities (user_id, type) SELECT max(id), 'mine' FROM users")
    const seeded = await tableHashes(data)
    await assert.rejects(
      factory.undo(() => {}),
      failsWith('HR_UNDO_DEPENDENTS', /1 row in `activities` → `users`/),
    )
    assert.deepEqual(await tableHashes(data), seeded)
  })

  it('gives values of its rows for a load test', async (context) => {
    const { root, url } = projectWith(context, shop)
    const factory = factoryFor(context, root, url)
    const { values, total } = await factory.values({ table: 'users', column: 'email', limit: 10 })
    assert.deepEqual([values.toSorted(), total], [['ann@example.com', 'bob@example.com'], 2])
  })

  it('takes every kind of column, key and constraint', async (context) => {
    using forty = await templateOf(schemaSql('forty', 'postgres'))
    const { root, url, data } = projectWith(context, forty)
    const atFirst = await dump(data)
    const factory = factoryFor(context, root, url)
    const plan = await factory.plan({ scale: 'small' })
    const seeded = await factory.seed(plan, () => {})
    assert.equal(seeded.complete, true)
    for (const { table, rows } of plan.tables)
      assert.equal(seeded.tables.find((each) => each.table === table.name)?.rows, rows, table.name)
    assert.ok(plan.tables.length > 35)
    await factory.undo(() => {})
    assert.equal(await dump(data), atFirst)
  })
})
