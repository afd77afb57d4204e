import * as l10n from '@vscode/l10n'
import { hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { numberOption } from './options.ts'
import { coprimeStep } from './parent-tuple.ts'
import { referencedRows } from './reference.ts'

/**
 * One half of a pair of different new rows of a table, the `lesser` or the greater one; no pair comes twice, either way
 * round. Each of n rows leads `per` pairs, with rows at distances of at most (n − 1) / 2 behind it in a ring: two rows are
 * so far apart in one direction only. Keys ascend with the rows.
 */
export const parentPair: Generator = {
  id: 'parent-pair',
  get description() {
    return l10n.t('one half of a pair of rows, the smaller key first')
  },
  example: {
    column: exampleColumn('low_id', 'integer', 'INTEGER'),
    unique: false,
    options: { table: 'users', columns: ['id'], part: 0, per: 3, lesser: true },
  },
  suggest: () => null,
  compile: (options, context) => {
    const { table, seededValue } = referencedRows(options, context)
    const per = numberOption(options, 'per')
    const start = context.startOf(context.table)
    const first = context.startOf(table)
    const rows = context.rowsOf(table)
    const distances = Math.max(1, Math.floor((rows - 1) / 2))
    const step = coprimeStep(distances)
    const key = hashKey(context.seed, context.table, 'pair')
    return (index) => {
      const leading = Math.floor((index - start) / per)
      const turn = (index - start) % per
      const distance = 1 + (((hash32(key, leading) % distances) + turn * step) % distances)
      const other = (leading + distance) % rows
      const isOther = options.lesser === true ? other < leading : other > leading
      return seededValue(first + (isOther ? other : leading))
    }
  },
}
