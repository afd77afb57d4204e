import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { Schema } from '../../model/schema.ts'

/** Throws `HR_SEED_TABLE` for tables that there are not, and `HR_SEED_ROWS` for numbers that are none of rows. */
export function checkOptions(
  schema: Schema,
  {
    rows,
    per,
  }: { readonly rows: Readonly<Record<string, number>>; readonly per: Readonly<Record<string, number>> },
  seed: number,
  exclude: readonly string[],
): void {
  for (const name of [...Object.keys(rows), ...Object.keys(per), ...exclude]) requireTable(schema, name)
  for (const [name, value] of [...Object.entries(rows), ...Object.entries(per)]) {
    if (Number.isSafeInteger(value) && value >= 0) continue
    throw new Failure(
      'HR_SEED_ROWS',
      l10n.t('The number of rows for `{0}` must be a whole number, 0 or more.', name),
    )
  }
  const both = Object.keys(rows).find((name) => per[name] !== undefined)
  if (both !== undefined) {
    throw new Failure('HR_SEED_ROWS', l10n.t('`{0}` has both --rows and --per. Choose one.', both))
  }
  if (!Number.isSafeInteger(seed))
    throw new Failure('HR_SEED_ROWS', l10n.t('The seed must be a whole number.'))
}

/** Throws `HR_SEED_TABLE` with the list of tables where there is none of that name. */
export function requireTable(schema: Schema, name: string): void {
  const known = schema.tables.map((table) => table.name)
  if (known.includes(name)) return
  throw new Failure(
    'HR_SEED_TABLE',
    known.length === 0
      ? l10n.t('There is no table `{0}`. The database has no tables yet.', name)
      : l10n.t('There is no table `{0}`. The tables are {1}.', name, known.join(', ')),
  )
}
