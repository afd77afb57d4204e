import assert from 'node:assert/strict'
import { rmSync, writeFileSync, symlinkSync, cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { mountSmallDisk } from '/work/main/test/servers/small-disk.ts'
import { dump, emptyProject, templateOf, query } from '/work/main/test/factory/databases/pglite-project.ts'
import { changed, shopSql } from '/work/main/test/factory/databases/postgres-shop.ts'
import { openDatabase } from '/work/main/src/factory/databases/index.ts'
import { planSeed } from '/work/main/src/factory/plan.ts'
import { seedDatabase } from '/work/main/src/factory/seed.ts'
import { undoSeed } from '/work/main/src/factory/undo.ts'
const never = new AbortController().signal
test('full', { timeout: 120000 }, async (context) => {
  using shop = await templateOf(shopSql)
  using disk = mountSmallDisk(150)
  const { root } = emptyProject(context)
  const data = join(disk.path, 'pgdata')
  cpSync(shop.path, data, { recursive: true })
  writeFileSync(join(disk.path, 'ballast'), Buffer.alloc(20 * 2 ** 20))
  const atFirst = await dump(data)
  {
    const database = await openDatabase(`pglite:${data}`, root)
    try {
      const plan = planSeed(await database.readSchema(), { rows: { users: 5000 }, per: { activities: 200 } })
      await seedDatabase(changed(database, { freeBytes: async () => null }), plan, () => {}, never)
      console.log('no failure')
    } catch (error) { console.log('FAILED WITH', error) }
    try { await database.close() } catch (error) { console.log('CLOSE', error) }
  }
  rmSync(join(disk.path, 'ballast'))
  console.log(await query(data, 'select count(*) from activities').catch(e => e))
  const database = await openDatabase(`pglite:${data}`, root)
  await undoSeed(database, () => {}, never)
  await database.close()
  assert.equal(await dump(data), atFirst)
})
