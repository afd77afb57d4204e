import type { Column, ForeignKey, Table } from '../../model/schema.ts'
import type { ColumnPlan } from '../../model/seed-plan.ts'
import type { GeneratorOptions } from '../generators/generator.ts'
import { suggestGenerator } from '../generators/index.ts'
import type { KeyStrategy, Obstacle } from './keys.ts'
import { mayStayEmpty } from './keys.ts'
import { isOptional } from './order.ts'
import type { Progress, RowCount } from './rows.ts'
import { finiteValues, newRowsOf } from './rows.ts'

/** A table with all that was decided about it but its columns. */
export interface TableDraft {
  readonly table: Table
  /** References that are filled. */
  readonly foreignKeys: readonly ForeignKey[]
  /** References that stay NULL, with the reason. */
  readonly empty: ReadonlyMap<ForeignKey, string>
  readonly strategy: KeyStrategy
  readonly count: RowCount
  readonly progress: Progress
}

const optionalReference = /parent|manager|mentor|assign|review|approv|delet|cancel|repl|referr|origin/i
const rootShare = 0.2

/** How each column that the database does not compute gets its values, or why one cannot. */
export function planColumns(draft: TableDraft): readonly ColumnPlan[] | Obstacle {
  const plans: ColumnPlan[] = []
  for (const column of draft.table.columns) {
    if (column.generated) continue
    const plan = planColumn(column, draft)
    if (plan === null)
      return {
        obstacle: `nothing can make unique values for its column ${column.name} (${column.declaredType})`,
      }
    plans.push(plan)
  }
  return plans
}

function planColumn(column: Column, draft: TableDraft): ColumnPlan | null {
  const { strategy, table } = draft
  if (column.name === strategy.numbered) {
    return {
      column: column.name,
      generator: 'row-id',
      options: {},
      reason: 'the primary key: the next free numbers',
    }
  }
  const reference = draft.foreignKeys.find((foreignKey) => foreignKey.columns.includes(column.name))
  if (reference !== undefined) return planReference(column, reference, draft)
  for (const [foreignKey, reason] of draft.empty) {
    if (foreignKey.columns.includes(column.name))
      return { column: column.name, generator: 'nothing', options: {}, reason }
  }
  if (strategy.tuple.includes(column.name)) return planTupleMember(column, draft)
  const unique = strategy.unique.has(column.name)
  const found = suggestGenerator(column, { table: table.name, unique })
  if (found === null) return null
  const { options, reason, nullRate = 0 } = found.suggestion
  const withNulls = column.nullable && !unique && nullRate > 0
  return {
    column: column.name,
    generator: found.generator.id,
    options: withNulls ? { ...options, nullRate } : options,
    reason: `${reason}${unique ? ', unique' : ''}${withNulls ? `, NULL in ${Math.round(nullRate * 100)} %` : ''}`,
  }
}

function planReference(column: Column, foreignKey: ForeignKey, draft: TableDraft): ColumnPlan {
  const { table, strategy, count, progress } = draft
  const isSelf = foreignKey.referencedTable === table.name
  const target = {
    table: foreignKey.referencedTable,
    columns: foreignKey.referencedColumns,
    part: foreignKey.columns.indexOf(column.name),
  }
  const to = `→ ${foreignKey.referencedTable}.${foreignKey.referencedColumns.join(', ')}`
  const plan = (generator: string, options: GeneratorOptions, reason: string): ColumnPlan => ({
    column: column.name,
    generator,
    options: { ...target, ...options },
    reason: `${to}, ${reason}`,
  })
  if (count.lead?.foreignKey === foreignKey) {
    return plan(
      'parent-each',
      { per: count.lead.per },
      `${count.lead.per} for each new row, unique together with others`,
    )
  }
  if (foreignKey.columns.some((name) => strategy.tuple.includes(name))) {
    return plan('parent-tuple', tupleOptions(draft, foreignKey), 'unique together with others')
  }
  const each = count.each.get(foreignKey)
  if (each !== undefined && isSelf && mayStayEmpty(table, foreignKey, strategy)) {
    return {
      column: column.name,
      generator: 'nothing',
      options: {},
      reason: `${to}, left empty: each row may be referred to once`,
    }
  }
  if (each !== undefined)
    return plan('parent-each', { per: each }, `exactly ${each} for each ${isSelf ? '' : 'new '}row`)
  const ratio = isSelf ? 0 : newRowsOf(foreignKey, progress) / Math.max(1, count.rows)
  const nullRate =
    isOptional(table, foreignKey) && (isSelf || optionalReference.test(column.name)) ? rootShare : 0
  const options = { key: foreignKey.columns.join(), ratio, ...(nullRate > 0 ? { nullRate } : {}) }
  const nulls = nullRate > 0 ? `, NULL in ${nullRate * 100} %` : ''
  return plan('parent', options, (isSelf ? 'an earlier row' : 'few rows have many, many have few') + nulls)
}

function planTupleMember(column: Column, draft: TableDraft): ColumnPlan {
  return {
    column: column.name,
    generator: 'parent-tuple',
    options: { ...tupleOptions(draft, column.name), part: 0 },
    reason: 'unique together with others',
  }
}

/** The options of a `parent-tuple` column; `member` is its foreign key, or its own name. */
function tupleOptions(draft: TableDraft, member: ForeignKey | string): GeneratorOptions {
  const { table, strategy, count, foreignKeys, progress } = draft
  const lead = count.lead?.foreignKey
  const leadRows = lead === undefined ? 1 : Math.max(1, newRowsOf(lead, progress))
  const references = foreignKeys.filter(
    (foreignKey) => foreignKey !== lead && foreignKey.columns.some((name) => strategy.tuple.includes(name)),
  )
  const choices = strategy.tuple.filter(
    (name) => !foreignKeys.some((foreignKey) => foreignKey.columns.includes(name)),
  )
  const members: readonly (ForeignKey | string)[] = [...references, ...choices]
  const digits = members.map((each): GeneratorOptions => {
    if (typeof each === 'string') {
      const numeric = table.columns.find((column) => column.name === each)?.type !== 'text'
      return { values: finiteValues(table, each) ?? [], numeric }
    }
    return {
      table: each.referencedTable,
      columns: each.referencedColumns,
      ratio: newRowsOf(each, progress) / leadRows,
      skipsLead: each.referencedTable === lead?.referencedTable,
    }
  })
  return {
    lead: lead?.referencedTable ?? '',
    per: count.lead?.per ?? 1,
    digit: members.indexOf(member),
    digits,
  }
}
