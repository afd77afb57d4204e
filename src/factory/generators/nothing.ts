import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'

/** NULL in every row. Chosen by the planner for a reference that cannot be filled. */
export const nothing: Generator = {
  id: 'nothing',
  description: 'NULL in every row',
  example: {
    column: { ...exampleColumn('parent_id', 'integer', 'INTEGER'), nullable: true },
    unique: false,
    options: {},
  },
  suggest: () => null,
  compile: () => () => null,
}
