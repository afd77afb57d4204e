import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { ObjectId } from 'mongodb'
import type { Database } from '../../../src/factory/databases/database.ts'
import { readParameterValues } from '../../../src/factory/parameter-values.ts'
import { dump, withDatabase } from '../../servers/mongodb.ts'
import { projectOf } from '../../analysis/temporary-project.ts'
import { failsWith } from '../factory-process.ts'
import { modelsIn, mongodbForFile, Shop, shopFiles, skip } from './mongodb-shop.ts'

const databaseUrl = mongodbForFile()
const options = { rows: { users: 40, catalogue: 30, categories: 5, orders: 150, reviews: 60 } }

async function shopFor(context: TestContext): Promise<Shop> {
  return new Shop(await databaseUrl(), modelsIn(projectOf(context, shopFiles)))
}

/** What is in the project's own collections. */
async function content(shop: Shop): Promise<Readonly<Record<string, unknown>>> {
  const all = await dump(shop.url)
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('headroom_')))
}

/** In chunks of seven. */
function small(database: Database): Database {
  return {
    ...database,
    append: async (chunk, signal) => {
      for (let done = 0; done < chunk.rows; done += 7) {
        const rows = Math.min(7, chunk.rows - done)
        const part = { firstIndex: chunk.firstIndex + done, firstKey: chunk.firstKey + done, rows }
        await database.append({ ...chunk, ...part }, signal)
      }
    },
  }
}

/** Ends before the first order. */
function failing(database: Database): Database {
  return {
    ...database,
    append: async (chunk, signal) => {
      if (chunk.table.name === 'orders') throw new Error('pulled the plug')
      await database.append(chunk, signal)
    },
  }
}

/** Makes the same document again and again. */
function unaware(database: Database): Database {
  return {
    ...database,
    probe: (chunk, indices) =>
      database.probe(
        { ...chunk, columns: chunk.columns.map((each) => ({ ...each, valueOf: () => each.valueOf(0) })) },
        indices,
      ),
  }
}

test(
  'documents are counted exactly, refer to documents that are there, and keep unique fields',
  { skip },
  async (t) => {
    const shop = await shopFor(t)
    const result = await shop.seed(options)
    assert.equal(result.rows, 285)
    assert.equal(result.complete, true)
    await withDatabase(shop.url, async (db) => {
      for (const [name, rows] of Object.entries(options.rows))
        assert.equal(await db.collection(name).countDocuments(), rows, name)
      const ids = async (name: string) =>
        new Set((await db.collection(name).find().toArray()).map(({ _id }) => String(_id)))
      const [users, products] = [await ids('users'), await ids('catalogue')]
      for (const order of await db.collection('orders').find().toArray()) {
        assert.ok(users.has(String(order['user'])))
        for (const item of order['items']) assert.ok(products.has(String(item.product)))
      }
      const emails = (await db.collection('users').find().toArray()).map(({ email }) => String(email))
      assert.equal(new Set(emails).size, emails.length)
    })
  },
)

test('the same seed makes the same documents, whatever the chunks', { skip }, async (t) => {
  const [one, other] = [await shopFor(t), await shopFor(t)]
  await one.seed(options)
  await other.seed(options, small)
  assert.deepEqual(await content(other), await content(one))
})

test(
  'undone, the database is as it was, and what the application added meanwhile is there',
  { skip },
  async (t) => {
    const shop = await shopFor(t)
    const mine = new ObjectId()
    await withDatabase(shop.url, async (db) => {
      await db.collection('users').insertOne({ _id: mine, name: 'Mine', email: 'mine@example.com' })
      await db.collection('users').createIndex({ email: 1 }, { unique: true })
    })
    const before = await dump(shop.url)
    await shop.seed(options)
    await shop.seed({ rows: { orders: 20 }, exclude: ['users', 'catalogue', 'categories', 'reviews'] })
    await withDatabase(shop.url, (db) => db.collection('notes').insertOne({ text: 'of the application' }))
    const undone = await shop.undo()
    assert.equal(undone.rows, 305)
    await withDatabase(shop.url, (db) => db.dropCollection('notes'))
    assert.deepEqual(await dump(shop.url), before)
  },
)

test('rows may refer to documents of others', { skip }, async (t) => {
  const shop = await shopFor(t)
  const mine = [new ObjectId(), new ObjectId()]
  await withDatabase(shop.url, (db) =>
    db.collection('users').insertMany(mine.map((_id) => ({ _id, name: 'Mine' }))),
  )
  await shop.seed({ rows: { orders: 10, catalogue: 3, categories: 2 }, exclude: ['users', 'reviews'] })
  await withDatabase(shop.url, async (db) => {
    const users = (await db.collection('orders').find().toArray()).map(({ user }) => String(user))
    assert.equal(users.length, 10)
    for (const user of users) assert.ok(mine.some((id) => String(id) === user))
  })
})

test(
  "an undo never takes what others' documents refer to, also from inside of lists",
  { skip },
  async (t) => {
    const shop = await shopFor(t)
    await shop.seed(options)
    const product = await withDatabase(shop.url, (db) => db.collection('catalogue').findOne())
    const order = { _id: new ObjectId(), items: [{ product: new ObjectId() }, { product: product?._id }] }
    await withDatabase(shop.url, (db) => db.collection<typeof order>('orders').insertOne(order))
    await assert.rejects(shop.undo(), failsWith('HR_UNDO_DEPENDENTS', /1 row in `orders` → `catalogue`/))
    await withDatabase(shop.url, (db) => db.collection<typeof order>('orders').deleteOne({ _id: order._id }))
    assert.equal((await shop.undo()).rows, 285)
  },
)

test('a part of the youngest documents can be undone, and made again the same', { skip }, async (t) => {
  const shop = await shopFor(t)
  await shop.seed(options)
  const before = await content(shop)
  assert.equal((await shop.undo({ orders: 50 })).rows, 50)
  const others = ['users', 'catalogue', 'categories', 'reviews']
  await shop.seed({ rows: { orders: 50 }, exclude: others })
  const again = await content(shop)
  assert.deepEqual(
    others.map((name) => again[name]),
    others.map((name) => before[name]),
  )
  assert.equal((await shop.undo()).rows, 285)
})

test('a stopped run is refused until it is resumed, and resumed it is whole', { skip }, async (t) => {
  const [shop, reference] = [await shopFor(t), await shopFor(t)]
  await reference.seed(options)
  await assert.rejects(shop.seed(options, failing), /pulled the plug/)
  await assert.rejects(shop.seed(options), failsWith('HR_SEED_UNFINISHED', /interrupted/))
  assert.equal((await shop.resume()).complete, true)
  assert.deepEqual(await content(shop), await content(reference))
})

test(
  'values for a route: the users with the most orders most often, with their counts, and some that are not there',
  { skip },
  async (t) => {
    const shop = await shopFor(t)
    await shop.seed(options)
    const wanted = {
      table: 'users',
      column: '_id',
      limit: 20,
      countedBy: { table: 'orders', column: 'user' },
    }
    const {
      values,
      rows = [],
      missing = [],
      total,
    } = await shop.opened((database) => readParameterValues(database, wanted))
    assert.equal(total, 40)
    assert.equal(values.length, 20)
    await withDatabase(shop.url, async (db) => {
      for (const [n, value] of values.entries())
        assert.equal(await db.collection('orders').countDocuments({ user: new ObjectId(value) }), rows[n])
      for (const value of missing)
        assert.equal(await db.collection('users').countDocuments({ _id: new ObjectId(value) }), 0)
    })
    assert.equal(Math.max(...rows), rows[0])
    assert.equal(missing.length, 10)
    const inLists = {
      ...wanted,
      table: 'catalogue',
      countedBy: { table: 'orders', column: 'items.0.product' },
    }
    const products = await shop.opened((database) => readParameterValues(database, inLists))
    await withDatabase(shop.url, async (db) => {
      const [first = ''] = products.values
      const found = await db.collection('orders').countDocuments({ 'items.product': new ObjectId(first) })
      assert.equal(products.rows?.[0], found)
    })
  },
)

test('a unique index that only the database has is kept', { skip }, async (t) => {
  const shop = await shopFor(t)
  await withDatabase(shop.url, (db) => db.collection('orders').createIndex({ status: 1 }, { unique: true }))
  const before = await dump(shop.url)
  await assert.rejects(shop.seed(options), failsWith('HR_SEED_ROWS', /orders/))
  assert.deepEqual(await dump(shop.url), before)
})

test(
  'a document that the database refuses is said with its collection, and nothing is left',
  { skip },
  async (t) => {
    const shop = await shopFor(t)
    await shop.seed({ rows: { categories: 3 }, exclude: ['users', 'catalogue', 'orders', 'reviews'] })
    await shop.undo()
    await withDatabase(shop.url, (db) => db.collection('users').createIndex({ name: 1 }, { unique: true }))
    const before = await dump(shop.url)
    await assert.rejects(
      shop.seed(options, unaware),
      failsWith('HR_DATABASE_CONSTRAINT', /refused a generated row/),
    )
    assert.deepEqual(await dump(shop.url), before)
  },
)
