import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { after, before, describe, it, test } from 'node:test'
import { guardMongodb, type Command } from '../../../src/factory/databases/guards/mongodb.ts'
import { guardTarget, mongodbDefaults } from '../../../src/factory/databases/guards/target.ts'
import { openDatabase } from '../../../src/factory/databases/index.ts'
import { startForwarder } from '../../servers/forwarder.ts'
import { dump, type MongodbServer, startMongodb, withDatabase } from '../../servers/mongodb.ts'
import { failsWith } from '../factory-process.ts'
import { skip } from './mongodb-shop.ts'

const refused: readonly (readonly [url: string, code: string, words: RegExp])[] = [
  [
    'mongodb+srv://app:hunter2@cluster0.abcde.mongodb.net/shop',
    'HR_DATABASE_NOT_LOCAL',
    /cluster0\.abcde\.mongodb\.net/,
  ],
  ['mongodb+srv://localhost/shop', 'HR_DATABASE_NOT_LOCAL', /localhost/],
  ['mongodb://app:hunter2@db.example.com:27017/shop', 'HR_DATABASE_NOT_LOCAL', /db\.example\.com/],
  ['mongodb://127.0.0.1:27017,10.0.0.5:27017/shop', 'HR_DATABASE_(?:NOT_LOCAL|URL)', /./],
  ['mongodb://127.0.0.1:27017/shop_prod', 'HR_DATABASE_PRODUCTION', /shop_prod/],
  ['mongodb://127.0.0.1:27017/admin', 'HR_DATABASE_URL', /MongoDB's own/],
  ['mongodb://127.0.0.1:27017/config', 'HR_DATABASE_URL', /MongoDB's own/],
  ['mongodb://127.0.0.1:27017', 'HR_DATABASE_URL', /names no database/],
]

for (const [url, code, words] of refused) {
  test(`refuses ${url.replace('hunter2', '…')} before it connects`, async () => {
    await assert.rejects(openDatabase(url, '/'), (error: unknown) => {
      const { data, message } = error as { data: { code: string }; message: string }
      assert.match(data.code, new RegExp(`^${code}$`))
      assert.match(message, words)
      assert.match(message, /Nothing was written/)
      assert.doesNotMatch(message, /hunter2/)
      return true
    })
  })
}

test('where nothing listens, it says so', async () => {
  await assert.rejects(
    openDatabase('mongodb://127.0.0.1:9/shop', '/'),
    failsWith('HR_DATABASE_REFUSED', /No MongoDB answers at shop on 127\.0\.0\.1:9/),
  )
})

describe('a server that answers', { skip }, () => {
  let server: MongodbServer
  before(async () => {
    server = await startMongodb()
  })
  after(() => server.stop())

  it('is opened, and opening writes nothing', async () => {
    const database = await openDatabase(server.url, '/')
    assert.equal(database.display, `app on 127.0.0.1:${server.port}`)
    await database.close()
    assert.deepEqual(await dump(server.url), {})
  })

  it('is refused behind a tunnel', async () => {
    const forwarder = await startForwarder(server.port)
    try {
      const url = `mongodb://127.0.0.1:${forwarder.port}/app`
      await assert.rejects(
        openDatabase(url, '/'),
        failsWith('HR_DATABASE_TUNNEL', /which is no database server/),
      )
    } finally {
      await forwarder.stop()
    }
  })

  /** What the server answers, with some answers changed: a single machine has no replica set, router or cloud. */
  async function guarded(
    changed: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    port: number | null,
  ) {
    const target = await guardTarget(server.url, mongodbDefaults)
    await withDatabase(server.url.replace(/app$/, 'admin'), async (db) => {
      const command: Command = async (asked) => {
        const [name = ''] = Object.keys(asked)
        const real = changed[name]?.['ok'] === 1 ? {} : await db.command({ ...asked })
        return { ...real, ...changed[name] }
      }
      await guardMongodb(command, target, (seen) =>
        seen === port || port === null ? { address: '127.0.0.1', port: seen } : null,
      )
    })
  }

  it('passes as it is', () => guarded({}, null))

  it('passes where only its process shows that it is here', () => guarded({}, 0))

  it('is refused where neither its view of us nor its process shows that it is here', () =>
    assert.rejects(
      guarded({ serverStatus: { pid: 1 } }, 0),
      failsWith('HR_DATABASE_TUNNEL', /does not see this connection/),
    ))

  it('passes with a replica set of its own on this machine', () =>
    guarded(
      { hello: { me: 'db:27017', hosts: ['db:27017', 'localhost:27018', `${hostname()}:27019`] } },
      null,
    ))

  const signs: readonly (readonly [string, Record<string, Record<string, unknown>>, string, RegExp])[] = [
    ['a secondary', { hello: { isWritablePrimary: false } }, 'HR_DATABASE_REPLICATED', /takes no writes/],
    ['a router', { hello: { msg: 'isdbgrid' } }, 'HR_DATABASE_REPLICATED', /router/],
    [
      'one with a member elsewhere',
      { hello: { me: 'a:1', hosts: ['a:1', '203.0.113.9:27017'] } },
      'HR_DATABASE_REPLICATED',
      /203\.0\.113\.9/,
    ],
    [
      'one of Atlas, by its hosts',
      { hello: { me: 'shard-00.abcde.mongodb.net:27017' } },
      'HR_DATABASE_MANAGED',
      /mongodb\.net/,
    ],
    ['one of Atlas, by its commands', { atlasVersion: { ok: 1 } }, 'HR_DATABASE_MANAGED', /atlasVersion/],
    [
      'one that another machine uses',
      { currentOp: { inprog: [{ client: '203.0.113.9:5000' }] } },
      'HR_DATABASE_SHARED',
      /203\.0\.113\.9/,
    ],
  ]
  for (const [what, changed, code, words] of signs)
    it(`is refused as ${what}`, () => assert.rejects(guarded(changed, null), failsWith(code, words)))
})
