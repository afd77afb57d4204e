import * as l10n from '@vscode/l10n'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions, ValueContext } from './generator.ts'
import { numberOption } from './options.ts'
import type { ParentChoice } from './reference.ts'
import { chosenValues, referencedRows } from './reference.ts'

/** A foreign key that gives every new parent exactly `per` children; where a run adds no parents, every existing one. */
export const parentEach: Generator = {
  id: 'parent-each',
  get description() {
    return l10n.t('a reference to a parent row; every new parent has equally many children')
  },
  example: {
    column: exampleColumn('user_id', 'integer', 'INTEGER'),
    unique: false,
    options: { table: 'users', columns: ['id'], part: 0, per: 500 },
  },
  suggest: () => null,
  compile: (options, context) => chosenValues(options, context, chooseParentEach(options, context)),
}

/** Which parent each row of a `parent-each` column refers to. */
export function chooseParentEach(options: GeneratorOptions, context: ValueContext): ParentChoice {
  const { table, existing, seeded } = referencedRows(options, context)
  const per = numberOption(options, 'per')
  const start = context.startOf(context.table)
  const newParents = context.rowsOf(table)
  const first = newParents > 0 ? existing + context.startOf(table) : 0
  const end = newParents > 0 ? first + newParents : existing
  return {
    existing,
    positions: existing + seeded,
    positionOf: (index) => {
      const position = first + Math.floor((index - start) / per)
      return position < end ? position : -1
    },
  }
}
