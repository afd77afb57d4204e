import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { numberOption } from './options.ts'
import { referencedRows } from './reference.ts'

/** A foreign key that gives every new parent exactly `per` children; where a run adds no parents, every existing one. */
export const parentEach: Generator = {
  id: 'parent-each',
  description: 'a reference to a parent row; every new parent has equally many children',
  example: {
    column: exampleColumn('user_id', 'integer', 'INTEGER'),
    unique: false,
    options: { table: 'users', columns: ['id'], part: 0, per: 500 },
  },
  suggest: () => null,
  compile: (options, context) => {
    const rows = referencedRows(options, context)
    const per = numberOption(options, 'per')
    const start = context.startOf(context.table)
    const firstParent = context.startOf(rows.table)
    const newParents = context.rowsOf(rows.table)
    return (index) => {
      const parent = Math.floor((index - start) / per)
      if (newParents > 0) return parent < newParents ? rows.seededValue(firstParent + parent) : null
      return rows.existingValue(parent)
    }
  },
}
