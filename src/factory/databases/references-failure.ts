import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'

/** The failure where rows that a run made refer to rows that somebody removed meanwhile; `rows` of `table` do. */
export function referencesFailure(table: string, referencedTable: string, rows: number): Failure {
  return new Failure(
    'HR_SEED_REFERENCES',
    rows === 1
      ? l10n.t(
          '1 new row of `{0}` refers to rows of `{1}` that were removed meanwhile. Undo the seeding, then seed again.',
          table,
          referencedTable,
        )
      : l10n.t(
          '{0} new rows of `{1}` refer to rows of `{2}` that were removed meanwhile. Undo the seeding, then seed again.',
          rows,
          table,
          referencedTable,
        ),
    { actions: [{ id: 'undo-seed', title: l10n.t('Undo'), commandLine: '--undo' }] },
  )
}
