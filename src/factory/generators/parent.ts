import * as l10n from '@vscode/l10n'
import { hashBelow, hashFraction, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions, ValueContext } from './generator.ts'
import { textOption } from './options.ts'
import type { ParentChoice } from './reference.ts'
import { chosenValues, referencedRows } from './reference.ts'
import { popularPosition } from './skew.ts'

/**
 * A foreign key whose parents differ much in their number of children. Options beside those of a reference and `key`, which
 * columns of one composite foreign key share so that they choose the same parent:
 * - `distribution`: `zipf` (as {@link popularPosition}; the default) or `uniform`.
 * - `among`: `all` parents (the default), only the `new` ones of this run where it has any, or those that Headroom `made` in
 *   all runs where there are any.
 * - `ratio`: row i chooses among the first ⌊i·ratio⌋ + 1 of Headroom's parents only, so that children and parents that grow
 *   together keep their rows. Without it all parents are chosen from, and children may grow alone.
 *
 * Among a table's own rows only earlier ones are chosen, the oldest ones most: row ⌊i·u²⌋ for a uniform u. The very first
 * row is NULL, or with `mayBeItself` its own parent.
 */
export const parent: Generator = {
  id: 'parent',
  get description() {
    return l10n.t('a reference to a parent row; few parents have many children')
  },
  example: {
    column: exampleColumn('user_id', 'integer', 'INTEGER'),
    unique: false,
    options: { table: 'users', columns: ['id'], part: 0, key: 'user_id' },
  },
  suggest: () => null,
  compile: (options, context) => chosenValues(options, context, chooseParent(options, context)),
}

/** Which parent each row of a `parent` column refers to. */
export function chooseParent(options: GeneratorOptions, context: ValueContext): ParentChoice {
  const rows = referencedRows(options, context)
  const key = textOption(options, 'key')
  if (rows.table === context.table)
    return chooseEarlierRow(key, rows.existing, context, options.mayBeItself !== false)
  const isNewOnly = options.among === 'new' && context.rowsOf(rows.table) > 0
  const isOwnOnly = isNewOnly || (options.among === 'made' && rows.seeded > 0)
  const existing = isOwnOnly ? 0 : rows.existing
  const first = (isOwnOnly ? rows.existing : 0) + (isNewOnly ? context.startOf(rows.table) : 0)
  const seeded = isNewOnly ? context.rowsOf(rows.table) : rows.seeded
  const draw = drawing(options, context, key)
  const positions = rows.existing + rows.seeded
  if (existing + seeded === 0) return { existing: 0, positions, positionOf: () => -1 }
  const { ratio } = options
  if (typeof ratio !== 'number' || ratio <= 0) {
    const count = existing + seeded
    return { existing: rows.existing, positions, positionOf: (index) => first + draw(index, count) }
  }
  return {
    existing: rows.existing,
    positions,
    positionOf: (index) => first + draw(index, existing + Math.min(seeded, Math.floor(index * ratio) + 1)),
  }
}

function drawing(options: GeneratorOptions, { seed, table }: ValueContext, key: string) {
  if (options.distribution !== 'uniform') return popularPosition(seed, table, key)
  const uniform = hashKey(seed, table, key)
  return (index: number, count: number) => hashBelow(uniform, index, count)
}

function chooseEarlierRow(
  name: string,
  existing: number,
  context: ValueContext,
  mayBeItself: boolean,
): ParentChoice {
  const key = hashKey(context.seed, context.table, name)
  return {
    existing,
    positions: existing + context.startOf(context.table) + context.rowsOf(context.table),
    positionOf: (index) => {
      // The very first row can only refer to itself.
      if (existing + index === 0 && !mayBeItself) return -1
      const fraction = hashFraction(key, index)
      return Math.floor((existing + index) * fraction * fraction)
    },
  }
}
