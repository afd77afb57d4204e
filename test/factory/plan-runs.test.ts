import assert from 'node:assert/strict'
import { test } from 'node:test'

import { openDatabase } from '../../src/factory/databases/index.ts'
import type { PlanOptions } from '../../src/factory/plan.ts'
import { planSeed } from '../../src/factory/plan.ts'
import { seedDatabase } from '../../src/factory/seed.ts'
import { schemaSql } from './schemas/schema-sql.ts'
import { sqliteEngine } from './schemas/sqlite-engine.ts'

test('rows of several runs go together, also where a run leaves tables out that others refer to', async (context) => {
  const running = await sqliteEngine.start()
  context.after(() => running.stop())
  const url = await running.create(schemaSql('forty', 'sqlite'))
  const runs: readonly PlanOptions[] = [{}, {}, { exclude: ['users', 'tenants', 'teams'] }, {}]
  for (const options of runs) {
    const database = await openDatabase(url, process.cwd())
    try {
      const schema = await database.readSchema()
      const usual = planSeed(schema, options)
      const rows = Object.fromEntries(usual.tables.map((each) => [each.table.name, Math.min(each.rows, 80)]))
      const plan = planSeed(schema, { ...options, rows })
      const result = await seedDatabase(database, plan, () => {}, new AbortController().signal)
      assert.equal(result.complete, true)
      assert.deepEqual(await running.violations(url), [])
    } finally {
      await database.close()
    }
  }
})
