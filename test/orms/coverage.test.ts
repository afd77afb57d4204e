import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { orms } from '../../src/analysis/typescript/orms/index.ts'
import type { Orm } from '../../src/analysis/typescript/orms/orm.ts'
import { fixtures, type Fixture } from './fixtures.ts'

/** For each optional way of an adapter to carry out a fix, the fixtures that exercise it: by fix, and by folder where the fix has several. */
const exercising: Readonly<Partial<Record<keyof Orm, (fixture: Fixture) => boolean>>> = {
  paginate: ({ fix }) => fix === 'paginate',
  paginateByKey: ({ fix }) => fix === 'paginate-by-key',
  lookup: ({ name, fix }) => fix === 'batch' && /\/batch/.test(name),
  children: ({ name, fix }) => fix === 'batch' && name.endsWith('/children'),
  countsByKey: ({ name, fix }) => fix === 'batch' && name.endsWith('/counts'),
  singleWrite: ({ fix }) => fix === 'bulk-write',
  count: ({ fix }) => fix === 'count',
  selectColumns: ({ fix }) => fix === 'select-columns',
  include: ({ fix }) => fix === 'eager-load',
  appendOrder: ({ fix }) => fix === 'stable-order',
  increment: ({ fix }) => fix === 'atomic-update',
  addIndex: ({ fix }) => fix === 'add-index',
}
/** What an adapter has besides. */
const noFixes = new Set(['id', 'isSynchronous', 'examples', 'recognise', 'tables', 'rowMethods', 'templates'])
/** What can't be exercised here, and why. */
const exceptions: Readonly<Record<string, string>> = {
  'mikro-orm addIndex':
    'its schema indexes foreign keys itself except on PostgreSQL, whose driver is not installed',
  'postgres lookup': 'its queries are tagged templates, which are never read as look-ups',
}

describe(
  'every way of every adapter to carry out a fix has a fixture',
  { skip: 'ORMS' in process.env },
  () => {
    const adapters: readonly Orm[] = orms
    const known = fixtures()
    for (const orm of adapters)
      test(orm.id, () => {
        const all = new Set([...Object.keys(orm), ...Object.keys(orm.templates ?? {})])
        const ways = [...all].filter((key) => !noFixes.has(key)) as (keyof Orm)[]
        assert.deepEqual(
          ways.filter((way) => !exercising[way]),
          [],
          'ways that this test does not know',
        )
        const own = known.filter(({ name }) => name.startsWith(`${orm.id}/`))
        const missing = ways.filter(
          (way) => !(`${orm.id} ${way}` in exceptions) && !own.some((each) => exercising[way]?.(each)),
        )
        assert.deepEqual(missing, [])
      })
  },
)
