import { hashFraction, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { numberOption, textOption } from './options.ts'
import { referencedRows } from './reference.ts'

/**
 * A foreign key whose parents differ much in their number of children: parent ⌊n·u²⌋ for a uniform u, so that the first
 * 1 % of parents get 10 % of the children. Row `i` chooses among the first ⌊i·ratio⌋ + 1 of Headroom's parents only
 * (never later ones, and among a table's own rows only earlier ones), which keeps rows the same when more are added.
 */
export const parent: Generator = {
  id: 'parent',
  description: 'a reference to a parent row; few parents have many children',
  example: {
    column: exampleColumn('user_id', 'integer', 'INTEGER'),
    unique: false,
    options: { table: 'users', columns: ['id'], part: 0, key: 'user_id', ratio: 0.1 },
  },
  suggest: () => null,
  compile: (options, context) => {
    const rows = referencedRows(options, context)
    const ratio = numberOption(options, 'ratio')
    const isSelf = rows.table === context.table
    // Columns of one composite foreign key share this key and so choose the same parent.
    const key = hashKey(context.seed, context.table, textOption(options, 'key'))
    return (index) => {
      const seeded = isSelf ? index : Math.min(rows.seeded, Math.floor(index * ratio) + 1)
      const count = seeded + rows.existing
      // The very first row of a table that refers to itself can only refer to itself.
      if (count === 0) return rows.seededValue(index)
      const fraction = hashFraction(key, index)
      const position = Math.floor(count * fraction * fraction)
      return position < seeded ? rows.seededValue(position) : rows.existingValue(position - seeded)
    }
  },
}
