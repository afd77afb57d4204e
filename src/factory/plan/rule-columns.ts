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
    throw wrong(`${place} is the numbered primary key: its values can't be chosen`)
  const key = filledKeys(draft).find(({ columns }) => columns.includes(column.name))
  if (key !== undefined) {
    throw wrong(
      `${place} refers to \`${key.referencedTable}\`: its values come from there, only "nullRate" can be set`,
    )
  }
  if (strategy.tuple.includes(column.name))
    throw wrong(
      `${place} is unique together with ${otherNames(strategy.tuple, column.name)}: no rule can fill it`,
    )
  const unique = strategy.unique.has(column.name)
  const ruled = { column, rule, place, table: table.name, unique, rows: count.rows }
  const { generator, options, reason } = make(ruled)
  const { nullRate = 0 } = rule
  return {
    column: column.name,
    generator,
    options: nullRate > 0 ? { ...options, nullRate } : options,
    reason: `your rule: ${reason}${unique ? ', unique' : ''}${nullRate > 0 ? `, NULL in ${Math.round(nullRate * 100)} %` : ''}`,
  }
}

function otherNames(names: readonly string[], name: string): string {
  return names.filter((each) => each !== name).join(' and ')
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
    throw wrong(`${place} is unique, so it can't be ${JSON.stringify(fixed)} in all of ${rows} rows`)
  const value = fixed === null ? null : valueFor(column, fixed, place)
  if (value === null && !column.nullable) throw wrong(`${place} is NOT NULL, so it can't be fixed to null`)
  return { generator: 'fixed', options: { value }, reason: `always ${JSON.stringify(fixed)}` }
}

function makeValues({ column, place, unique, rows }: Ruled, values: NonNullable<ColumnRule['values']>): Made {
  const { texts, weights } = weightedValues(values, place)
  const stored = texts.map((value) => valueFor(column, value, place))
  if (unique && stored.length < rows)
    throw wrong(`${place} is unique, and ${stored.length} values are too few for ${rows} rows`)
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
  if (!isText) throw wrong(`${place} is ${column.declaredType}, and a pattern makes texts`)
  const read = readPattern(source)
  if (typeof read === 'string') throw wrong(`${place}: ${read.replace(/\.$/, '')}`)
  if (column.maxLength !== null && read.longest > column.maxLength) {
    throw wrong(
      `${place} holds ${column.maxLength} characters, and the pattern ${source} makes up to ${read.longest}`,
    )
  }
  if (unique && read.size < rows) {
    throw wrong(
      `${place} is unique, and the pattern ${source} gives only ${read.size} values for ${rows} rows`,
    )
  }
  if (unique && !isOneToOne(read)) {
    throw wrong(
      `${place} is unique, and different rows may get the same text by the pattern ${source}: let all its texts have one length`,
    )
  }
  return { generator: 'pattern', options: { pattern: source, unique }, reason: `the pattern ${source}` }
}

function makeGenerated({ column, place, unique, rows, table }: Ruled, id: string): Made {
  const usable = generators.filter((each) => !planned.has(each.id) && !each.id.startsWith('parent'))
  const generator = usable.find((each) => each.id === id)
  if (generator === undefined) {
    throw wrong(
      `There is no generator \`${id}\` for ${place}. They are ${usable.map((each) => each.id).join(', ')}`,
    )
  }
  // Most generators look at the column's name; the user has looked already.
  const named = { ...column, name: generator.example.column.name, allowedValues: null }
  const { sampleValues: _samples, ...plain } = named
  const suggestion = generator.suggest(plain, { table, unique })
  if (suggestion === null) {
    const what = `${unique ? 'unique values' : 'values'} for ${column.declaredType}`
    throw wrong(`The generator \`${id}\` makes no ${what}, so ${place} can't have it`)
  }
  const { capacity = Number.POSITIVE_INFINITY } = suggestion
  if (unique && capacity < rows)
    throw wrong(
      `${place} is unique, and the generator \`${id}\` gives only ${capacity} values for ${rows} rows`,
    )
  return { generator: id, options: suggestion.options, reason: generatorOf(id)?.description ?? id }
}

function makeCopy({ column, place, unique }: Ruled, from: string): Made {
  if (unique && column.type !== 'text')
    throw wrong(`${place} is unique, which \`${from}\`, that it is to be taken from, may not be`)
  const limit = column.maxLength === null ? {} : { maxLength: column.maxLength }
  return {
    generator: 'copy',
    options: { column: from, unique, ...limit },
    reason: `what ${from} holds`,
  }
}

function makeRange({ column, rule, place, unique }: Ruled): Made {
  if (unique) throw wrong(`${place} is unique, and a range gives the same value twice: use a pattern`)
  const { min, max, distribution = 'uniform' } = rule
  if (column.type === 'datetime' || column.type === 'date') return makePeriod(column, min, max, place)
  if (column.type !== 'integer' && column.type !== 'real' && column.type !== 'decimal')
    throw wrong(`${place} is ${column.declaredType}, and a range is for numbers and times`)
  const [from, to] = [min, max].map((bound) => (bound === undefined ? undefined : Number(bound)))
  if ((from !== undefined && Number.isNaN(from)) || (to !== undefined && Number.isNaN(to)))
    throw wrong(`"min" and "max" of ${place} must be numbers`)
  const { min: least = -Infinity, max: most = Infinity } = column.range ?? {}
  if ((from ?? least) < least || (to ?? most) > most)
    throw wrong(`${place} takes ${rangeText(least, most)}, so its rule can't be ${rangeText(from, to)}`)
  const limits = limitsOf(column, {
    low: from ?? Math.min(0, to ?? 0),
    high: to ?? Math.max(1_000_000, (from ?? 0) * 1000),
    scale: column.digits?.scale ?? 2,
  })
  if (limits.low > limits.high) throw wrong(`The "min" of ${place} is greater than its "max"`)
  if (from !== undefined && to !== undefined && from > to)
    throw wrong(`The "min" of ${place} is greater than its "max"`)
  return {
    generator: 'range',
    options: { ...limits, distribution },
    reason: `${rangeText(limits.low, limits.high)}, ${distribution}`,
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
    throw wrong(`"min" and "max" of ${place} must be days such as 2024-01-31`)
  if (from > to) throw wrong(`The "min" of ${place} is later than its "max"`)
  return {
    generator: 'period',
    options: { from, to, format: timeFormatOf(column) },
    reason: `from ${min ?? '2024-01-01'} to ${max ?? '2026-01-01'}`,
  }
}

function isOpen(bound: number | undefined): boolean {
  return bound === undefined || !Number.isFinite(bound)
}

function rangeText(least: number | undefined, most: number | undefined): string {
  if (isOpen(least)) return isOpen(most) ? 'all numbers' : `numbers up to ${most}`
  return isOpen(most) ? `numbers from ${least}` : `numbers from ${least} to ${most}`
}
