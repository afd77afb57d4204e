import * as l10n from '@vscode/l10n'
import type { Generator } from './generator.ts'
import { exampleColumn } from './generator.ts'

/** The integer primary key: the next free numbers, one after the other. Chosen by the planner. */
export const rowId: Generator = {
  id: 'row-id',
  get description() {
    return l10n.t('the next free numbers of an integer primary key')
  },
  example: { column: exampleColumn('id', 'integer', 'INTEGER'), unique: true, options: {} },
  suggest: () => null,
  compile: (_options, context) => (index) => context.rowId(index),
}
