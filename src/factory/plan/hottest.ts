import * as l10n from '@vscode/l10n'
import { formatCount } from '../../model/format.ts'
import { popularPosition } from '../generators/skew.ts'
import type { Counting } from './counting.ts'
import { existingRowsOf, newRowsOf } from './counting.ts'
import type { RowCount } from './rows.ts'

/** So many children are drawn to foresee the share of the most popular parent. */
const sampledChildren = 100_000
const mostParents = 2_000_000

/** The reason of a table's count; where its parents differ in their number of children, with how many the hottest one gets. */
export function hottestText(
  table: string,
  { rows, main, reason }: RowCount,
  counting: Counting,
  seed: number,
): string {
  if (main === null || main.distribution !== 'zipf') return reason
  const { foreignKey } = main
  const added = newRowsOf(foreignKey, counting)
  const isNewOnly = counting.per[table] !== undefined && added > 0
  const parents = isNewOnly ? added : added + existingRowsOf(foreignKey, counting)
  if (parents < 2 || parents > mostParents || rows < 2 * parents) return reason
  const draw = popularPosition(seed, table, foreignKey.columns.join())
  const counts = new Uint32Array(parents)
  const children = Math.min(rows, sampledChildren)
  let hottest = 0
  const existing = isNewOnly ? 0 : parents - added
  for (let n = 0; n < children; n++) {
    const index = Math.floor((n * rows) / children)
    // Children and parents grow together.
    const known = added === 0 ? parents : existing + Math.min(added, Math.floor((index * added) / rows) + 1)
    const position = draw(index, known)
    const count = (counts[position] ?? 0) + 1
    counts[position] = count
    if (count > hottest) hottest = count
  }
  const most = formatCount(Math.round((hottest / children) * rows))
  return children < rows
    ? l10n.t('{0}, few have many: the hottest gets about {1}', reason, most)
    : l10n.t('{0}, few have many: the hottest gets {1}', reason, most)
}
