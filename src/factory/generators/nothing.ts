import * as l10n from '@vscode/l10n'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'

/** NULL in every row: for a type that only the database knows, and chosen by the planner for a reference that cannot be filled. */
export const nothing: Generator = {
  id: 'nothing',
  get description() {
    return l10n.t('NULL in every row')
  },
  example: {
    column: { ...exampleColumn('parent_id', 'integer', 'INTEGER'), nullable: true },
    unique: false,
    options: {},
  },
  suggest: (column, { unique }) =>
    column.type === 'other' && column.nullable && !unique
      ? { options: {}, reason: l10n.t('only the database knows its type: {0}', column.declaredType) }
      : null,
  compile: () => () => null,
}
