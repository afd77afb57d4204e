import * as l10n from '@vscode/l10n'
import type { ForeignKey, Table } from '../../model/schema.ts'
import type { KeyedTable } from './counting.ts'
import type { Obstacle } from './keys.ts'
import { keyStrategy } from './keys.ts'
import type { TableRule } from './rules.ts'
import { isValueRule } from './rules.ts'
import { canStayEmpty, shareColumns } from './sharing.ts'

/** What a table's rows can refer to. */
export interface Surroundings {
  readonly tables: ReadonlyMap<string, Table>
  /** Names of the tables that get rows. */
  readonly filled: ReadonlySet<string>
  readonly rules: Readonly<Record<string, TableRule>>
  /** References that must not decide what others of their table hold: they would come back to themselves. */
  readonly following: ReadonlySet<ForeignKey>
}

/** A table with how its references and keys are kept. */
export interface Draft extends KeyedTable {
  /** References that stay NULL, with the reason. */
  readonly empty: ReadonlyMap<ForeignKey, string>
}

/** Decides how a table's references and keys are kept, or says why they cannot be. */
export function draftTable(table: Table, surroundings: Surroundings): Draft | Obstacle {
  const { triggers = [] } = table
  if (triggers.length > 0 && surroundings.rules[table.name]?.triggers !== 'fire') {
    return {
      obstacle: l10n.t(
        'undo could not take back what its trigger {0} changes elsewhere (factory.tables.{1}.triggers: "fire" loads it all the same)',
        triggers.join(', '),
        table.name,
      ),
    }
  }
  const reasons = new Map<ForeignKey, string>()
  const isRuled = (key: ForeignKey) =>
    key.inferred !== undefined && key.columns.some((name) => isSetByRule(table, name, surroundings))
  const foreignKeys = table.foreignKeys.filter((key) => !isRuled(key))
  const kept: ForeignKey[] = []
  for (const key of foreignKeys) {
    const reason = emptyReason(table, key, surroundings)
    if (reason === null) kept.push(key)
    else reasons.set(key, reason)
  }
  const empty = new Map<ForeignKey, string>()
  for (const [key, reason] of reasons) {
    if (canStayEmpty(table, key, kept)) empty.set(key, reason)
    else if (key.inferred === undefined)
      return { obstacle: l10n.t('it needs rows in `{0}`, which gets none', key.referencedTable) }
  }
  const sharing = shareColumns(table, kept, surroundings.tables, surroundings.following)
  if ('obstacle' in sharing) return sharing
  const strategy = keyStrategy(table, sharing, surroundings.tables)
  return 'obstacle' in strategy ? strategy : { table, sharing, strategy, empty }
}

function isSetByRule(table: Table, column: string, { rules }: Surroundings): boolean {
  const rule = rules[table.name]?.columns?.[column]
  return rule !== undefined && isValueRule(rule)
}

/** Why a reference stays NULL, or null when it does not. */
function emptyReason(table: Table, key: ForeignKey, { tables, filled }: Surroundings): string | null {
  if (key.referencedTable === table.name) return null
  const parent = tables.get(key.referencedTable)
  const hasColumns = key.referencedColumns.every((name) =>
    parent?.columns.some((column) => column.name === name),
  )
  const isWritten = key.referencedColumns.every((name) =>
    parent?.columns.some((column) => column.name === name && !column.generated),
  )
  const hasRows = (parent?.rowCount ?? 0) > 0 || (filled.has(key.referencedTable) && isWritten)
  return hasColumns && hasRows ? null : l10n.t('left empty: `{0}` has no rows', key.referencedTable)
}
