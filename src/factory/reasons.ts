import * as l10n from '@vscode/l10n'
import type { ForeignKey } from '../model/schema.ts'

/** A column's reason with the share of NULLs; `nullRate` is 0 … 1. */
export function withNulls(reason: string, nullRate: number): string {
  return l10n.t('{0}, NULL in {1} %', reason, Math.round(nullRate * 100))
}

/** The reason without what {@link withNulls} has added for that rate; a rate that is no number has added nothing. */
export function withoutNulls(reason: string, nullRate: unknown): string {
  return typeof nullRate === 'number' ? reason.replace(withNulls('', nullRate), '') : reason
}

/** What a reference refers to, for people. */
export function referenceText(key: ForeignKey): string {
  const to = `→ ${key.referencedTable}.${key.referencedColumns.join(', ')}`
  return key.inferred === undefined ? to : `${to} (${key.inferred})`
}

/** Names in a sentence: "a and b"; empty where there are none. */
export function namesText(names: readonly string[]): string {
  const [first = '', ...others] = names
  return others.reduce((list, name) => l10n.t('{0} and {1}', list, name), first)
}
