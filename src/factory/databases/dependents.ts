import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { Dependents } from './database.ts'

/** The failure for rows of others that refer to rows that an undo would remove. */
export function dependentsFailure(dependents: readonly Dependents[]): Failure {
  const list = dependents
    .map(({ table, referencedTable, rows }) =>
      rows === 1
        ? l10n.t('1 row in `{0}` → `{1}`', table, referencedTable)
        : l10n.t('{0} rows in `{1}` → `{2}`', rows, table, referencedTable),
    )
    .join(', ')
  return new Failure(
    'HR_UNDO_DEPENDENTS',
    l10n.t(
      'Rows that Headroom did not make refer to rows that it made ({0}). Remove or repoint them, then undo again.',
      list,
    ),
  )
}
