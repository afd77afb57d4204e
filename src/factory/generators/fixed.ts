import * as l10n from '@vscode/l10n'
import type { SqlValue } from '../sql-value.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'

/** The same `value` in every row, as a user's rule says. */
export const fixed: Generator = {
  id: 'fixed',
  get description() {
    return l10n.t('the same value in every row')
  },
  example: {
    column: exampleColumn('country', 'text', 'TEXT'),
    unique: false,
    options: { value: 'Germany' },
  },
  suggest: () => null,
  compile: ({ value }) => {
    const stored = storedValue(value)
    return () => stored
  },
}

/** What a value of the config is in a column: true is 1, a list or an object its JSON text. */
export function storedValue(value: unknown): SqlValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' || typeof value === 'number') return value
  return value === null || value === undefined ? null : JSON.stringify(value)
}
