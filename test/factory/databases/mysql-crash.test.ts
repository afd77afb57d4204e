import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { Connection } from '../../../src/factory/databases/mysql/connection.ts'
import type { Database } from '../../../src/factory/databases/database.ts'
import type { PlanOptions } from '../../../src/factory/plan.ts'
import { Failure } from '../../../src/model/failure.ts'
import { mariadbForFile, shopSql, skip, type ServerDatabase } from './mysql-database.ts'

const create = mariadbForFile()
/** Numbered keys, listed keys, and what refers to them: few tables, since there is a run for each statement. */
const smallShop = shopSql.filter((sql) => /\b(?:users|posts|activities)\b/.test(sql.slice(0, 30)))
const options = { rows: { users: 40, posts: 20 }, per: { activities: 3 } }
const mostStatements = 400

/** Loses the connection right before the statement of that number that changes something; gives whether it came to that. */
async function loseAt(context: TestContext, number: number, work: () => Promise<unknown>): Promise<boolean> {
  let count = 0
  const run = Object.getOwnPropertyDescriptor(Connection.prototype, 'run')?.value as (
    this: Connection,
    ...statement: Parameters<Connection['run']>
  ) => ReturnType<Connection['run']>
  async function losing(
    this: Connection,
    ...statement: Parameters<Connection['run']>
  ): ReturnType<Connection['run']> {
    if (++count >= number) await this.close()
    return run.apply(this, statement)
  }
  const replacement = context.mock.method(Connection.prototype, 'run', losing)
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Failure && /was lost/.test(error.message))) throw error
  } finally {
    replacement.mock.restore()
  }
  return count >= number
}

/** Resumes, or seeds again where nothing but the rows of before is there. */
async function finish(
  shop: ServerDatabase,
  wanted: PlanOptions = options,
  rowsBefore: Readonly<Record<string, number>> = { activities: 6 },
): Promise<void> {
  try {
    await shop.resume()
  } catch (error) {
    if (!(error instanceof Failure && error.data.code === 'HR_SEED_NOTHING_TO_RESUME')) throw error
    for (const [table, rows] of Object.entries(rowsBefore))
      if ((await shop.number(`SELECT count(*) AS n FROM ${table}`)) === rows) await shop.seed(wanted)
  }
}

test(
  'whatever statement of a seeding is the last: resumed it is the same, undone it never was',
  { skip },
  async (context) => {
    const reference = await create(smallShop)
    const untouched = await reference.dump()
    await reference.seed(options)
    const hashes = await reference.hashes()
    let number = 1
    for (let came = true; came; number++) {
      assert.ok(number < mostStatements)
      const shop = await create(smallShop)
      came = await loseAt(context, number, () => shop.seed(options))
      if (number % 2 === 0) {
        await finish(shop)
        assert.deepEqual(await shop.hashes(), hashes, `statement ${number}`)
        assert.deepEqual(await shop.brokenReferences(), [])
      }
      await shop.undo()
      assert.deepEqual(await shop.dump(), untouched, `statement ${number}`)
      await shop.drop()
    }
    assert.ok(number > 30, String(number))
  },
)

test('whatever statement of an undo is the last: undone again nothing is left', { skip }, async (context) => {
  const shop = await create(smallShop)
  const untouched = await shop.dump()
  let number = 1
  for (let came = true; came; number++) {
    assert.ok(number < mostStatements)
    await shop.seed(options)
    came = await loseAt(context, number, () => shop.undo())
    await shop.undo()
    assert.deepEqual(await shop.dump(), untouched, `statement ${number}`)
  }
  assert.ok(number > 20, String(number))
})

test(
  'whatever statement of emptying a large table is the last: resumed it is the same, undone again nothing is left',
  { skip },
  async (context) => {
    const log = [
      'CREATE TABLE log (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, level TINYINT NOT NULL) AUTO_INCREMENT = 7',
    ]
    const entries = { rows: { log: 50_000 } }
    const stoppedAt = 20_000
    const shop = await create(log)
    const untouched = await shop.dump()
    await shop.seed(entries)
    const hashes = await shop.hashes()
    await shop.undo()
    assert.deepEqual(await shop.dump(), untouched)
    let number = 1
    for (let came = true; came; number++) {
      assert.ok(number < mostStatements)
      const stop = new AbortController()
      let rows = 0
      const change = (database: Database): Database => ({
        ...database,
        append: async (chunk, signal) => {
          await database.append(chunk, signal)
          rows += chunk.rows
          if (rows >= stoppedAt) stop.abort()
        },
      })
      const stopped = await shop.seed(entries, { signal: stop.signal, change })
      assert.equal(stopped.complete, false)
      came = await loseAt(context, number, () => shop.undo())
      if (came && number % 2 === 0) {
        await finish(shop, entries, { log: 0 })
        assert.deepEqual(await shop.hashes(), hashes, `statement ${number}`)
      }
      await shop.undo()
      assert.deepEqual(await shop.dump(), untouched, `statement ${number}`)
    }
    assert.ok(number > 15, String(number))
  },
)
