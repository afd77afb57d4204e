import assert from 'node:assert/strict'
import { test } from 'node:test'

import { nullRows } from '../../src/factory/generators/null-rows.ts'
import { planAlternatives } from '../../src/factory/plan/alternatives.ts'
import type { Table } from '../../src/model/schema.ts'
import type { ColumnPlan } from '../../src/model/seed-plan.ts'

const table: Table = {
  name: 'attachments',
  columns: [],
  primaryKey: ['id'],
  foreignKeys: [],
  uniques: [],
  rowCount: 0,
  alternatives: [['issue_id', 'comment_id', 'page_id']],
}

function plan(column: string, generator: string): ColumnPlan {
  return { column, generator, options: { nullRate: 0.2 }, reason: 'a reference, NULL in 20 %' }
}

test('in each row exactly one of the columns has a value, and each has its share', () => {
  const columns = ['issue_id', 'comment_id', 'page_id']
  const plans = planAlternatives(
    table,
    columns.map((column) => plan(column, 'parent')),
  )
  const areNull = plans.map(({ column, options }) =>
    nullRows(options, { seed: 1, table: table.name, column }),
  )
  const filled = Array.from({ length: 3000 }, (_, index) =>
    areNull.flatMap((isNull, i) => (isNull?.(index) === false ? [i] : [])),
  )
  assert.ok(filled.every(({ length }) => length === 1))
  for (const part of [0, 1, 2]) assert.ok(filled.filter(([only]) => only === part).length > 900)
})

test('the only column that can have a value always has one', () => {
  const plans = planAlternatives(table, [
    plan('issue_id', 'parent'),
    plan('comment_id', 'nothing'),
    plan('name', 'title'),
  ])
  assert.deepEqual(plans[0], { column: 'issue_id', generator: 'parent', options: {}, reason: 'a reference' })
  assert.deepEqual(plans[2], plan('name', 'title'))
})
