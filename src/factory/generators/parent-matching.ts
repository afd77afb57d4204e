import * as l10n from '@vscode/l10n'
import { at, hashFraction, hashKey } from '../hash.ts'
import { candidateRows, groupRows } from '../matching-rows.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions } from './generator.ts'
import { numberOption, textOption, textsOption } from './options.ts'

/**
 * A foreign key whose row agrees with this one in columns that this row has anyway: a manager of the same tenant. `pairs`:
 * the own column and the referenced one. In a table that refers to itself the row is an earlier one. NULL where there is
 * none, or with `mayBeItself` the row itself.
 */
export const parentMatching: Generator = {
  id: 'parent-matching',
  get description() {
    return l10n.t('a reference to a row that agrees with this one in other columns')
  },
  example: {
    column: { ...exampleColumn('manager_id', 'integer', 'INTEGER'), nullable: true },
    unique: false,
    options: {
      table: 'users',
      columns: ['tenant_id', 'id'],
      part: 1,
      key: 'manager_id',
      pairs: [['tenant_id', 'tenant_id']],
      mayBeItself: false,
    },
  },
  suggest: () => null,
  compile: (options, context) => {
    const table = textOption(options, 'table')
    const columns = textsOption(options, 'columns')
    const column = at(columns, numberOption(options, 'part'))
    const pairs = pairsOption(options)
    const own = pairs.map(([name]) => context.seededValue(context.table, name))
    const isSelf = table === context.table
    const key = hashKey(context.seed, context.table, textOption(options, 'key'))
    const find = () => {
      const rows = candidateRows(context, table, columns, { all: false, newOnly: false })
      return {
        rows,
        groups: groupRows(
          rows,
          pairs.map(([, referenced]) => referenced),
        ),
      }
    }
    // At the first row: by then the values of the other columns are compiled too.
    let found: ReturnType<typeof find> | null = null
    return (index) => {
      const { rows, groups } = (found ??= find())
      const group = groups.groups[groups.groupOf(own.map((valueOf) => valueOf(index)))] ?? []
      const end = isSelf ? firstFrom(group, rows.existing + index - rows.firstIndex) : group.length
      if (end > 0) {
        const fraction = hashFraction(key, index)
        return rows.valueAt(at(group, Math.floor(end * fraction * fraction)), column)
      }
      return isSelf && options.mayBeItself === true ? context.seededValue(table, column)(index) : null
    }
  },
}

function pairsOption(options: GeneratorOptions): readonly (readonly [string, string])[] {
  const { pairs } = options
  if (!Array.isArray(pairs)) throw new TypeError(l10n.t('The plan\'s option "pairs" is not a list.'))
  return pairs.map((pair) => (Array.isArray(pair) ? [String(pair[0]), String(pair[1])] : ['', '']))
}

/** Where in ascending positions the first one of `limit` or more stands. */
function firstFrom(positions: readonly number[], limit: number): number {
  let low = 0
  let high = positions.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((positions[middle] ?? 0) < limit) low = middle + 1
    else high = middle
  }
  return low
}
