import * as l10n from '@vscode/l10n'
import { hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { isTextNamed } from './text.ts'
import { hexDigits } from './uuid.ts'

/** Texts in the form of bcrypt hashes that no password was ever hashed to: nobody can log in with them. */
export const passwordHash: Generator = {
  id: 'password-hash',
  get description() {
    return l10n.t('password hashes that no password matches')
  },
  example: { column: exampleColumn('password_hash', 'text', 'TEXT'), unique: false },
  suggest: (column, { unique }) =>
    !unique && isTextNamed(column, /password|passwd|pwd|^encrypted_/) && (column.maxLength ?? 60) >= 60
      ? { options: {}, reason: l10n.t('named like a password hash') }
      : null,
  compile: (_options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    return (index) => {
      const digits = hexDigits(hash32(key, index))
      return `$2b$10$${digits.repeat(7).slice(0, 53)}`
    }
  },
}
