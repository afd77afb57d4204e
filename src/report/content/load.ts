import * as l10n from '@vscode/l10n'
import { formatCount } from '../../model/format.ts'
import { type Loaded, type LoadLevel, loadOf } from '../../model/load-level.ts'

/** A load as the panel and the reports say it: `1 user`, `120 users`, `400 requests/s`, `10,000 rows`. */
export function levelWords({ value, unit }: LoadLevel): string {
  if (unit === 'users') return value === 1 ? l10n.t('1 user') : l10n.t('{0} users', formatCount(value))
  if (unit === 'rows') return value === 1 ? l10n.t('1 row') : l10n.t('{0} rows', formatCount(value))
  return l10n.t('{0} requests/s', formatCount(value))
}

/** A planned or measured step's load in the same words. */
export function loadWords(step: Loaded): string {
  return levelWords(loadOf(step))
}
