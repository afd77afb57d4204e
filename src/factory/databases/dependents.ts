import { Failure } from '../../model/failure.ts'
import type { Dependents } from './database.ts'

/** The failure for rows of others that refer to rows that an undo would remove. */
export function dependentsFailure(dependents: readonly Dependents[]): Failure {
  const list = dependents
    .map(
      ({ table, referencedTable, rows }) =>
        `${rows} row${rows === 1 ? '' : 's'} in \`${table}\` → \`${referencedTable}\``,
    )
    .join(', ')
  return new Failure(
    'HR_UNDO_DEPENDENTS',
    `Rows that Headroom did not make refer to rows that it made (${list}). Remove or repoint them, then undo again.`,
  )
}
