import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { TestContext } from 'node:test'

import type { Database } from '../../../src/factory/databases/database.ts'
import { copiesOf, openDatabase } from '../../../src/factory/databases/index.ts'
import { planSeed } from '../../../src/factory/plan.ts'
import { seedDatabase } from '../../../src/factory/seed.ts'
import { findCopy, projectDatabase } from '../../../src/workflows/project-database.ts'
import { parseConfig } from '../../../src/workflows/config.ts'
import { mountSmallDisk, smallDiskSkipReason } from '../../servers/small-disk.ts'
import { factoryFor, failsWith } from '../factory-process.ts'
import {
  dump,
  emptyProject,
  numberOf,
  type PgliteProject,
  projectWith,
  query,
  tableHashes,
  templateOf,
} from './pglite-project.ts'
import { changed, fewRows, shopSql } from './postgres-shop.ts'

/** An application that opens the directory, says so, adds a tag for each line that it reads, and says that. */
const appCode = `
  const { PGlite } = require('@electric-sql/pglite')
  PGlite.create(process.argv[1]).then((db) => {
    console.log('open')
    require('node:readline').createInterface({ input: process.stdin }).on('line', async (name) => {
      await db.query('INSERT INTO tags VALUES (gen_random_uuid(), $1)', [name])
      console.log(name)
    })
  })`

interface App {
  add(tag: string): Promise<void>
  kill(): Promise<void>
}

async function startApp(context: TestContext, { root }: PgliteProject, directory = './pgdata'): Promise<App> {
  const app = spawn(process.execPath, ['-e', appCode, directory], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = once(app, 'exit')
  context.after(() => app.kill('SIGKILL'))
  await once(app.stdout, 'data')
  return {
    add: async (tag) => {
      app.stdin.write(`${tag}\n`)
      await once(app.stdout, 'data')
    },
    kill: async () => {
      app.kill('SIGKILL')
      await ended
    },
  }
}

const taken = 'HR_DATABASE_LOCKED'

describe('a PGlite and those who use it', () => {
  let shop: Awaited<ReturnType<typeof templateOf>>
  before(async () => {
    shop = await templateOf(shopSql)
  })
  after(() => shop[Symbol.dispose]())

  it('is read, but not written to, while the application has it open', async (context) => {
    const project = projectWith(context, shop)
    const app = await startApp(context, project)
    const factory = factoryFor(context, project.root, project.url)
    await app.add('committed')
    const plan = await factory.plan({ ...fewRows, estimate: true })
    assert.equal((await factory.values({ table: 'tags', column: 'name', limit: 9 })).total, 2)
    const named = /^`.*node.* \(process \d+\) has pgdata open, .*Stop your dev server/s
    await assert.rejects(
      factory.seed(plan, () => {}),
      failsWith(taken, named),
    )
    await app.add('still there')
    await app.kill()
    assert.equal(await numberOf(project.data, 'SELECT count(*) AS n FROM tags'), 3)
    const atFirst = await dump(project.data)
    await factory.seed(plan, () => {})
    const again = await startApp(context, project)
    await assert.rejects(
      factory.undo(() => {}),
      failsWith(taken, named),
    )
    await again.kill()
    await factory.undo(() => {})
    assert.equal(await dump(project.data), atFirst)
    assert.deepEqual(
      readdirSync(tmpdir()).filter((name) => name.startsWith(`headroom-pglite-${process.pid}-`)),
      [],
    )
  })

  it('stops at once where the application opens it in the middle', async (context) => {
    const project = projectWith(context, shop)
    const factory = factoryFor(context, project.root, project.url)
    const plan = await factory.plan({ rows: { users: 5000 }, per: { activities: 200 } })
    let opening: Promise<App> | undefined
    const seeding = factory.seed(plan, ({ phase }) => {
      if (phase === 'insert') opening ??= startApp(context, project)
    })
    await assert.rejects(seeding, failsWith(taken, /has opened pgdata while .* can be undone/))
    assert.ok(opening)
    await (await opening).kill()
  })

  it('is copied while the application has it open, and the copy is filled', async (context) => {
    const project = projectWith(context, shop)
    const untouched = await tableHashes(project.data)
    const app = await startApp(context, project)
    const source = factoryFor(context, project.root, project.url)
    assert.equal(await source.findCopy('headroom'), null)
    const url = await source.makeCopy('headroom')
    assert.equal(url, 'pglite:./pgdata.headroom')
    assert.equal(await source.findCopy('headroom'), url)
    const copy = factoryFor(context, project.root, url)
    const result = await copy.seed(await copy.plan(fewRows), () => {})
    assert.equal(result.complete, true)
    await app.add('mine')
    await app.kill()
    await query(project.data, "DELETE FROM tags WHERE name = 'mine'")
    assert.deepEqual(await tableHashes(project.data), untouched)
    assert.equal(await numberOf(`${project.data}.headroom`, 'SELECT count(*) AS n FROM users'), 102)
    const onCopy = await startApp(context, project, './pgdata.headroom')
    for (const change of [() => source.removeCopy('headroom'), () => source.makeCopy('headroom')])
      await assert.rejects(change(), failsWith('HR_COPY_IN_USE', /using the copy of pgdata/))
    await onCopy.kill()
    await source.makeCopy('headroom')
    assert.equal(await numberOf(`${project.data}.headroom`, 'SELECT count(*) AS n FROM users'), 2)
    await source.removeCopy('headroom')
    await source.removeCopy('headroom')
    assert.deepEqual(
      readdirSync(project.root).filter((name) => name.includes('headroom')),
      [],
    )
  })

  it('never takes for a copy what is half done or what is none', async (context) => {
    const { root, url, data } = projectWith(context, shop)
    const factory = factoryFor(context, root, url)
    const half = `${data}.headroom.123.partial`
    mkdirSync(half)
    assert.equal(await factory.findCopy('headroom'), null)
    mkdirSync(`${data}.headroom`)
    writeFileSync(join(`${data}.headroom`, 'PG_VERSION'), '18\n')
    assert.equal(await factory.findCopy('headroom'), null)
    for (const change of [() => factory.makeCopy('headroom'), () => factory.removeCopy('headroom')])
      await assert.rejects(change(), failsWith('HR_COPY_FOREIGN', /Headroom did not make it/))
    rmSync(`${data}.headroom`, { recursive: true })
    await factory.makeCopy('headroom')
    assert.equal(existsSync(half), false)
  })

  it('is known by its path alone, and the URL of its copy is written the same way', async (context) => {
    const { root, data } = projectWith(context, shop)
    for (const [url, copy] of [
      ['./pgdata', './pgdata.x'],
      ['pgdata/', 'pgdata.x'],
      [data, `${data}.x`],
      ['file:./pgdata', 'file:./pgdata.x'],
      ['file://./pgdata', 'file://./pgdata.x'],
      [`file://${data}`, `file://${data}.x`],
      ['pglite://./pgdata', 'pglite://./pgdata.x'],
    ] as const) {
      assert.equal(await copiesOf(url, root).make(url, root, 'x'), copy)
      assert.equal(await copiesOf(url, root).find(url, root, 'x'), copy)
    }
  })

  it('is found in a project that names it in its code or a variable', async (context) => {
    const { root } = projectWith(context, shop)
    const inCode = await projectDatabase(root, parseConfig('{}'))
    assert.deepEqual([inCode.databaseUrl, inCode.variable], ['pglite:./pgdata', null])
    writeFileSync(join(root, '.env'), 'DB_FOLDER=./pgdata\n')
    const named = await projectDatabase(root, parseConfig('{}'))
    assert.deepEqual([named.databaseUrl, named.variable], ['./pgdata', 'DB_FOLDER'])
    assert.equal(await findCopy(named), null)
  })
})

describe('what is no PGlite that can be opened', () => {
  let empty: Awaited<ReturnType<typeof templateOf>>
  before(async () => {
    empty = await templateOf('SELECT 1')
  })
  after(() => empty[Symbol.dispose]())

  it('a directory that is missing, of something else, or of a server', async (context) => {
    const { root, url, data } = emptyProject(context)
    const factory = factoryFor(context, root, url)
    await assert.rejects(factory.schema(), failsWith('HR_DATABASE_MISSING', /Start the app once/))
    assert.equal(existsSync(data), false)
    mkdirSync(data)
    await assert.rejects(factory.schema(), failsWith('HR_DATABASE_FORMAT', /not a data directory of PGlite/))
    assert.deepEqual(readdirSync(data), [])
    writeFileSync(join(data, 'PG_VERSION'), '18\n')
    writeFileSync(join(data, 'postmaster.opts'), '/usr/lib/postgresql/18/bin/postgres\n')
    await assert.rejects(factory.schema(), failsWith('HR_DATABASE_FORMAT', /of a PostgreSQL server/))
    const inMemory = factoryFor(context, root, 'memory://')
    await assert.rejects(inMemory.schema(), failsWith('HR_DATABASE_URL', /Let the app use a data directory/))
  })

  it(
    'one whose disk is nearly full, which PGlite itself would hang on',
    { skip: smallDiskSkipReason() },
    async (context) => {
      const { root } = emptyProject(context)
      using disk = mountSmallDisk(300)
      const data = join(disk.path, 'pgdata')
      cpSync(empty.path, data, { recursive: true })
      await query(data, 'CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL)')
      const atFirst = await dump(data)
      const database = await openDatabase(`pglite:${data}`, root)
      const plan = planSeed(await database.readSchema(), { rows: { users: 1000 } })
      const seeding = (asked: Database) => seedDatabase(asked, plan, () => {}, new AbortController().signal)
      await assert.rejects(seeding(database), failsWith('HR_SEED_SPACE', /These rows need about/))
      // As where somebody else fills it after that.
      const unforeseen = changed(database, { freeBytes: async () => null })
      await assert.rejects(seeding(unforeseen), failsWith('HR_DATABASE_FULL', /nearly full/))
      await database.close()
      assert.equal(await dump(data), atFirst)
    },
  )

  it('one of another version', async (context) => {
    const { root, url, data } = projectWith(context, empty)
    writeFileSync(join(data, 'PG_VERSION'), '16\n')
    const factory = factoryFor(context, root, url)
    const sentence = /pglite \d+\.\d+\.\d+ cannot open pgdata, which PostgreSQL 16 made/
    await assert.rejects(factory.schema(), failsWith('HR_PGLITE_VERSION', sentence))
    assert.equal(readFileSync(join(data, 'PG_VERSION'), 'utf8'), '16\n')
  })

  it('one of a project without the package', async (context) => {
    const { root, url, data } = emptyProject(context, { installed: false })
    mkdirSync(data)
    writeFileSync(join(data, 'PG_VERSION'), '18\n')
    const factory = factoryFor(context, root, url)
    await assert.rejects(factory.schema(), failsWith('HR_PGLITE_MISSING', /npm install/))
  })
})
