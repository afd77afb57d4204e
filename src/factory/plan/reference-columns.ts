import * as l10n from '@vscode/l10n'
import type { Column, ForeignKey } from '../../model/schema.ts'
import type { ColumnPlan } from '../../model/seed-plan.ts'
import type { GeneratorOptions } from '../generators/generator.ts'
import { finiteValues } from './column-values.ts'
import { newRowsOf } from './counting.ts'
import { mayStayEmpty } from './keys.ts'
import { canStayEmpty, columnsToEmpty } from './sharing.ts'
import type { TableDraft } from './table-draft.ts'
import { namesText, referenceText, withNulls } from '../reasons.ts'

const optionalReference = /parent|manager|mentor|assign|review|approv|delet|cancel|repl|referr|origin/i
const rootShare = 0.2

/** How a column of a foreign key gets its values; null where none fills it. */
export function planReference(column: Column, draft: TableDraft): ColumnPlan | null {
  const { free, joined, matching } = draft.sharing
  const has = (key: ForeignKey) => key.columns.includes(column.name)
  const single = free.find(has)
  if (single !== undefined) return planFree(column, single, draft)
  for (const [key, { lead }] of joined) if (has(key)) return planJoined(column, key, lead, draft)
  for (const [key, pairs] of matching) {
    if (has(key) && !pairs.some(([own]) => own === column.name)) return planMatching(column, key, draft)
  }
  return null
}

/** The references that have values. */
export function filledKeys({ sharing }: Pick<TableDraft, 'sharing'>): readonly ForeignKey[] {
  return [...sharing.free, ...sharing.joined.keys(), ...sharing.matching.keys()]
}

/** A tuple's member that is no reference. */
export function planTupleMember(column: Column, draft: TableDraft): ColumnPlan {
  const { digits, digit, ...others } = tupleOptions(draft, column.name)
  if (draft.count.lead === null) {
    return {
      column: column.name,
      generator: 'combination',
      options: { digits, digit },
      reason: l10n.t('unique together with others'),
    }
  }
  return {
    column: column.name,
    generator: 'parent-tuple',
    options: { ...others, digits, digit, part: 0 },
    reason: l10n.t('unique together with others'),
  }
}

function planFree(column: Column, key: ForeignKey, draft: TableDraft): ColumnPlan {
  const { table, strategy, count, sharing } = draft
  const isSelf = key.referencedTable === table.name
  const isLead = [...sharing.joined.values()].some(({ lead }) => lead === key)
  if (isLead) return planJoined(column, key, key, draft)
  const to = referenceText(key)
  const plan = (generator: string, options: GeneratorOptions, reason: string): ColumnPlan => ({
    column: column.name,
    generator,
    options: { ...referenceOptions(column, key), ...options },
    reason: l10n.t('{0}, {1}', to, reason),
  })
  if (count.lead?.foreignKey === key) {
    const { per } = count.lead
    return plan('parent-each', { per }, l10n.t('{0} for each new row, unique together with others', per))
  }
  if (key.columns.some((name) => strategy.tuple.includes(name))) {
    return plan('parent-tuple', tupleOptions(draft, key), l10n.t('unique together with others'))
  }
  const each = count.each.get(key)
  // Rows that are there may be referred to already.
  const isSpent = strategy.oneToOne.has(key) && (isSelf || newRowsOf(key, draft.counting) === 0)
  if (isSpent && mayStayEmpty(table, key, strategy, sharing.free)) {
    return {
      column: column.name,
      generator: 'nothing',
      options: {},
      reason: l10n.t('{0}, left empty: each row may be referred to once', to),
    }
  }
  if (each !== undefined)
    return plan(
      'parent-each',
      { per: each },
      isSelf ? l10n.t('exactly {0} for each row', each) : l10n.t('exactly {0} for each new row', each),
    )
  return planParent(column, key, draft, plan)
}

function planParent(
  column: Column,
  key: ForeignKey,
  draft: TableDraft,
  plan: (generator: string, options: GeneratorOptions, reason: string) => ColumnPlan,
): ColumnPlan {
  const { table, count } = draft
  const isSelf = key.referencedTable === table.name
  const nullRate = nullRateOf(column, key, draft)
  const main = count.main?.foreignKey === key ? count.main : null
  const distribution = main?.distribution === 'uniform' ? 'uniform' : 'zipf'
  const options = {
    key: key.columns.join(),
    ...(isSelf
      ? { mayBeItself: !canStayEmpty(table, key, draft.sharing.free) }
      : { distribution, ...parentsOf(draft, key) }),
    ...(nullRate > 0 ? { nullRate } : {}),
  }
  const how = isSelf
    ? l10n.t('an earlier row')
    : distribution === 'uniform'
      ? l10n.t('all have about as many')
      : l10n.t('few rows have many, many have few')
  return plan('parent', options, nullRate > 0 ? withNulls(how, nullRate) : how)
}

/** Which parents are chosen from: with children that grow as they do, or all alike. */
function parentsOf({ table, count, counting }: TableDraft, key: ForeignKey): GeneratorOptions {
  const ratio = newRowsOf(key, counting) / Math.max(1, count.rows)
  const isMain = count.main?.foreignKey === key
  const isUniform = isMain && count.main.distribution === 'uniform'
  // The number of rows for each parent counts Headroom's parents, so only they get them.
  const isPer = isMain && counting.per[table.name] !== undefined
  if (isUniform) return isPer ? { among: 'new' } : {}
  return { ...(ratio > 0 ? { ratio } : {}), ...(isPer ? { among: 'made' } : {}) }
}

/** Share of NULLs: as the user wants, else some where the name says that there is not always one. */
function nullRateOf(column: Column, key: ForeignKey, draft: TableDraft): number {
  const { table } = draft
  if (!columnsToEmpty(table, key, filledKeys(draft)).includes(column.name)) return 0
  const asked = draft.rules?.[column.name]
  if (asked?.nullRate !== undefined) return asked.nullRate
  const isSelf = key.referencedTable === table.name
  return isSelf || optionalReference.test(column.name) ? rootShare : 0
}

function planJoined(column: Column, key: ForeignKey, lead: ForeignKey, draft: TableDraft): ColumnPlan {
  const { sharing, strategy, count } = draft
  const others = [...sharing.joined].filter(([, joined]) => joined.lead === lead)
  const references = [
    { table: lead.referencedTable, columns: lead.referencedColumns, shared: [] },
    ...others.map(([other, { shared }]) => ({
      table: other.referencedTable,
      columns: other.referencedColumns,
      shared,
    })),
  ]
  const isUnique = strategy.uniqueJoin === lead
  const reason =
    others.length === 1
      ? l10n.t('{0}, chosen together with another reference that has columns in common', referenceText(key))
      : l10n.t('{0}, chosen together with others that has columns in common', referenceText(key))
  const wanted = key === lead ? 0 : others.findIndex(([other]) => other === key) + 1
  return {
    column: column.name,
    generator: 'parent-sharing',
    options: {
      references,
      wanted,
      part: key.columns.indexOf(column.name),
      key: lead.columns.join(),
      ...(isUnique ? { rows: count.rows, single: strategy.oneToOne.has(lead) } : {}),
    },
    reason: isUnique ? l10n.t('{0}, unique together', reason) : reason,
  }
}

function planMatching(column: Column, key: ForeignKey, draft: TableDraft): ColumnPlan {
  const pairs = draft.sharing.matching.get(key) ?? []
  const own = namesText(pairs.map(([name]) => name))
  return {
    column: column.name,
    generator: 'parent-matching',
    options: {
      ...referenceOptions(column, key),
      key: key.columns.join(),
      pairs,
      mayBeItself: !canStayEmpty(draft.table, key, draft.sharing.free),
    },
    reason:
      key.referencedTable === draft.table.name
        ? l10n.t('{0}, an earlier row with the same {1}, else NULL', referenceText(key), own)
        : l10n.t('{0}, a row with the same {1}, else NULL', referenceText(key), own),
  }
}

function referenceOptions(column: Column, key: ForeignKey): GeneratorOptions {
  return {
    table: key.referencedTable,
    columns: key.referencedColumns,
    part: key.columns.indexOf(column.name),
  }
}

/** The options of a `parent-tuple` column; `member` is its foreign key, or its own name. */
function tupleOptions(draft: TableDraft, member: ForeignKey | string): GeneratorOptions {
  const { table, strategy, count, sharing, counting } = draft
  const lead = count.lead?.foreignKey
  const leadRows = lead === undefined ? 1 : Math.max(1, newRowsOf(lead, counting))
  const references = sharing.free.filter(
    (key) => key !== lead && key.columns.some((name) => strategy.tuple.includes(name)),
  )
  const choices = strategy.tuple.filter((name) => !sharing.free.some((key) => key.columns.includes(name)))
  const members: readonly (ForeignKey | string)[] = [...references, ...choices]
  const digits = members.map((each): GeneratorOptions => {
    if (typeof each === 'string') {
      const values = finiteValues(table, each) ?? []
      const type = table.columns.find((column) => column.name === each)?.type
      const isNumeric = type !== 'text' && values.every((value) => !Number.isNaN(Number(value)))
      return { values, numeric: isNumeric }
    }
    return {
      table: each.referencedTable,
      columns: each.referencedColumns,
      ratio: newRowsOf(each, counting) / leadRows,
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
