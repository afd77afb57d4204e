import * as l10n from '@vscode/l10n'
import type { Column } from '../../model/schema.ts'
import type { ColumnPlan } from '../../model/seed-plan.ts'
import type { GeneratorOptions } from '../generators/generator.ts'
import { generatorOf, generators } from '../generators/index.ts'
import { limitsOf } from '../generators/numeric.ts'
import { isOneToOne, readPattern } from '../generators/pattern-grammar.ts'
import { filledKeys } from './reference-columns.ts'
import { wrong } from './rule-checks.ts'
import { timeFormatOf, valueFor, weightedValues } from './rule-values.ts'
import type { ColumnRule, RuleValue } from './rules.ts'
import type { TableDraft } from './table-draft.ts'
import { namesText, withNulls } from '../reasons.ts'

/** Generators that only the planner can use: they need to know what surrounds the column. */
const planned = new Set([
  'row-id',
  'nothing',
  'beyond',
  'combination',
  'copy',
  'fixed',
  'pattern',
  'range',
  'choice',
  'period',
])

/** A rule of the user's with the column it is for, as the planner sees it. */
interface Ruled {
  readonly column: Column
  readonly rule: ColumnRule
  /** For messages. */
  readonly place: string
  readonly table: string
  readonly unique: boolean
  readonly rows: number
}

interface Made {
  readonly generator: string
  readonly options: GeneratorOptions
  readonly reason: string
}

/** How a column gets its values by the user's rule. Throws `HR_SEED_RULE` where the column can't keep it. */
export function planByRule(column: Column, rule: ColumnRule, draft: TableDraft): ColumnPlan {
  const { table, strategy, count } = draft
  const place = `\`${table.name}.${column.name}\``
  if (column.name === strategy.numbered)
    throw wrong(l10n.t("{0} is the numbered primary key: its values can't be chosen.", place))
  const key = filledKeys(draft).find(({ columns }) => columns.includes(column.name))
  if (key !== undefined) {
    throw wrong(
      l10n.t(
        '{0} refers to `{1}`: its values come from there, only "nullRate" can be set.',
        place,
        key.referencedTable,
      ),
    )
  }
  if (strategy.tuple.includes(column.name))
    throw wrong(
      l10n.t(
        '{0} is unique together with {1}: no rule can fill it.',
        place,
        otherNames(strategy.tuple, column.name),
      ),
    )
  const unique = strategy.unique.has(column.name)
  const ruled = { column, rule, place, table: table.name, unique, rows: count.rows }
  const { generator, options, reason } = make(ruled)
  const { nullRate = 0 } = rule
  const ruleReason = unique ? l10n.t('your rule: {0}, unique', reason) : l10n.t('your rule: {0}', reason)
  return {
    column: column.name,
    generator,
    options: nullRate > 0 ? { ...options, nullRate } : options,
    reason: nullRate > 0 ? withNulls(ruleReason, nullRate) : ruleReason,
  }
}

function otherNames(names: readonly string[], name: string): string {
  return namesText(names.filter((each) => each !== name))
}

function make(ruled: Ruled): Made {
  const { rule } = ruled
  if (rule.fixed !== undefined) return makeFixed(ruled, rule.fixed)
  if (rule.values !== undefined) return makeValues(ruled, rule.values)
  if (rule.pattern !== undefined) return makePattern(ruled, rule.pattern)
  if (rule.generator !== undefined) return makeGenerated(ruled, rule.generator)
  if (rule.from !== undefined) return makeCopy(ruled, rule.from)
  return makeRange(ruled)
}

function makeFixed({ column, place, unique, rows }: Ruled, fixed: RuleValue): Made {
  if (fixed !== null && unique && rows > 1)
    throw wrong(
      l10n.t("{0} is unique, so it can't be {1} in all of {2} rows.", place, JSON.stringify(fixed), rows),
    )
  const value = fixed === null ? null : valueFor(column, fixed, place)
  if (value === null && !column.nullable)
    throw wrong(l10n.t("{0} is NOT NULL, so it can't be fixed to null.", place))
  return { generator: 'fixed', options: { value }, reason: l10n.t('always {0}', JSON.stringify(fixed)) }
}

function makeValues({ column, place, unique, rows }: Ruled, values: NonNullable<ColumnRule['values']>): Made {
  const { texts, weights } = weightedValues(values, place)
  const stored = texts.map((value) => valueFor(column, value, place))
  if (unique && stored.length < rows)
    throw wrong(l10n.t('{0} is unique, and {1} values are too few for {2} rows.', place, stored.length, rows))
  const options = weights === null || unique ? { values: stored, unique } : { values: stored, weights }
  const share = (n: number) => (weights === null ? '' : ` (${Math.round((weights[n] ?? 0) * 1000) / 10} %)`)
  const shown = texts.slice(0, 6).map((text, n) => `${text}${share(n)}`)
  return {
    generator: 'choice',
    options,
    reason: `${shown.join(', ')}${texts.length > shown.length ? ' …' : ''}`,
  }
}

function makePattern({ column, place, unique, rows }: Ruled, source: string): Made {
  const isText = column.type === 'text' || column.type === 'uuid'
  if (!isText) throw wrong(l10n.t('{0} is {1}, and a pattern makes texts.', place, column.declaredType))
  const read = readPattern(source)
  if (typeof read === 'string') throw wrong(l10n.t('{0}: {1}', place, read))
  if (column.maxLength !== null && read.longest > column.maxLength) {
    throw wrong(
      l10n.t(
        '{0} holds {1} characters, and the pattern {2} makes up to {3}.',
        place,
        column.maxLength,
        source,
        read.longest,
      ),
    )
  }
  if (unique && read.size < rows) {
    throw wrong(
      l10n.t(
        '{0} is unique, and the pattern {1} gives only {2} values for {3} rows.',
        place,
        source,
        read.size,
        rows,
      ),
    )
  }
  if (unique && !isOneToOne(read)) {
    throw wrong(
      l10n.t(
        '{0} is unique, and different rows may get the same text by the pattern {1}: let all its texts have one length.',
        place,
        source,
      ),
    )
  }
  return {
    generator: 'pattern',
    options: { pattern: source, unique },
    reason: l10n.t('the pattern {0}', source),
  }
}

function makeGenerated({ column, place, unique, rows, table }: Ruled, id: string): Made {
  const usable = generators.filter((each) => !planned.has(each.id) && !each.id.startsWith('parent'))
  const generator = usable.find((each) => each.id === id)
  if (generator === undefined) {
    throw wrong(
      l10n.t(
        'There is no generator `{0}` for {1}. They are {2}.',
        id,
        place,
        usable.map((each) => each.id).join(', '),
      ),
    )
  }
  // Most generators look at the column's name; the user has looked already.
  const named = { ...column, name: generator.example.column.name, allowedValues: null }
  const { sampleValues: _samples, ...plain } = named
  const suggestion = generator.suggest(plain, { table, unique })
  if (suggestion === null) {
    throw wrong(
      unique
        ? l10n.t(
            "The generator `{0}` makes no unique values for {1}, so {2} can't have it.",
            id,
            column.declaredType,
            place,
          )
        : l10n.t(
            "The generator `{0}` makes no values for {1}, so {2} can't have it.",
            id,
            column.declaredType,
            place,
          ),
    )
  }
  const { capacity = Number.POSITIVE_INFINITY } = suggestion
  if (unique && capacity < rows)
    throw wrong(
      l10n.t(
        '{0} is unique, and the generator `{1}` gives only {2} values for {3} rows.',
        place,
        id,
        capacity,
        rows,
      ),
    )
  return { generator: id, options: suggestion.options, reason: generatorOf(id)?.description ?? id }
}

function makeCopy({ column, place, unique }: Ruled, from: string): Made {
  if (unique && column.type !== 'text')
    throw wrong(l10n.t('{0} is unique, which `{1}`, that it is to be taken from, may not be.', place, from))
  const limit = column.maxLength === null ? {} : { maxLength: column.maxLength }
  return {
    generator: 'copy',
    options: { column: from, unique, ...limit },
    reason: l10n.t('what {0} holds', from),
  }
}

function makeRange({ column, rule, place, unique }: Ruled): Made {
  if (unique)
    throw wrong(l10n.t('{0} is unique, and a range gives the same value twice: use a pattern.', place))
  const { min, max, distribution = 'uniform' } = rule
  if (column.type === 'datetime' || column.type === 'date') return makePeriod(column, min, max, place)
  if (column.type !== 'integer' && column.type !== 'real' && column.type !== 'decimal')
    throw wrong(l10n.t('{0} is {1}, and a range is for numbers and times.', place, column.declaredType))
  const [from, to] = [min, max].map((bound) => (bound === undefined ? undefined : Number(bound)))
  if ((from !== undefined && Number.isNaN(from)) || (to !== undefined && Number.isNaN(to)))
    throw wrong(l10n.t('"min" and "max" of {0} must be numbers.', place))
  const { min: least = -Infinity, max: most = Infinity } = column.range ?? {}
  if ((from ?? least) < least || (to ?? most) > most)
    throw wrong(
      l10n.t("{0} takes {1}, so its rule can't be {2}.", place, rangeText(least, most), rangeText(from, to)),
    )
  const limits = limitsOf(column, {
    low: from ?? Math.min(0, to ?? 0),
    high: to ?? Math.max(1_000_000, (from ?? 0) * 1000),
    scale: column.digits?.scale ?? 2,
  })
  if (limits.low > limits.high) throw wrong(l10n.t('The "min" of {0} is greater than its "max".', place))
  if (from !== undefined && to !== undefined && from > to)
    throw wrong(l10n.t('The "min" of {0} is greater than its "max".', place))
  return {
    generator: 'range',
    options: { ...limits, distribution },
    reason: l10n.t('{0}, {1}', rangeText(limits.low, limits.high), distribution),
  }
}

function makePeriod(
  column: Column,
  min: number | string | undefined,
  max: number | string | undefined,
  place: string,
): Made {
  const [from, to] = [min ?? '2024-01-01', max ?? '2026-01-01'].map((bound) =>
    typeof bound === 'number' ? bound : Date.parse(bound),
  )
  if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to))
    throw wrong(l10n.t('"min" and "max" of {0} must be days such as 2024-01-31.', place))
  if (from > to) throw wrong(l10n.t('The "min" of {0} is later than its "max".', place))
  return {
    generator: 'period',
    options: { from, to, format: timeFormatOf(column) },
    reason: l10n.t('from {0} to {1}', min ?? '2024-01-01', max ?? '2026-01-01'),
  }
}

function isOpen(bound: number | undefined): boolean {
  return bound === undefined || !Number.isFinite(bound)
}

function rangeText(least: number | undefined, most: number | undefined): string {
  if (isOpen(least)) return isOpen(most) ? l10n.t('all numbers') : l10n.t('numbers up to {0}', String(most))
  return isOpen(most)
    ? l10n.t('numbers from {0}', String(least))
    : l10n.t('numbers from {0} to {1}', String(least), String(most))
}
