import * as l10n from '@vscode/l10n'
import { at, hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions, ValueContext } from './generator.ts'
import { numberOption, textOption, textsOption } from './options.ts'
import { referencedRows } from './reference.ts'

/**
 * A column of a key that is unique only together with others, as in a join table. The table's leading foreign key has
 * `per` rows for each new parent ({@link parentEach}); this column is one digit of the number that tells those rows apart.
 * The numbers of one parent are `offset + j·step` modulo the product of all digits' sizes, with `step` coprime to it, so
 * they differ for j < product.
 */
export const parentTuple: Generator = {
  id: 'parent-tuple',
  get description() {
    return l10n.t('part of a key that is unique together with other columns')
  },
  example: {
    column: exampleColumn('tag_id', 'integer', 'INTEGER'),
    unique: false,
    options: {
      lead: 'posts',
      per: 3,
      digit: 0,
      part: 0,
      digits: [{ table: 'tags', columns: ['id'], ratio: 0.1, skipsLead: false }],
    },
  },
  suggest: () => null,
  compile: (options, context) => {
    const lead = textOption(options, 'lead')
    const per = numberOption(options, 'per')
    const digits = digitOptions(options).map((digit) =>
      compileDigit(digit, numberOption(options, 'part'), context),
    )
    const wanted = numberOption(options, 'digit')
    const start = context.startOf(context.table)
    const firstParent = context.startOf(lead)
    const key = hashKey(context.seed, context.table, 'tuple')
    return (index) => {
      const leading = firstParent + Math.floor((index - start) / per)
      const sizes = digits.map((digit) => digit.size(leading))
      const product = sizes.reduce((all, size) => all * size, 1)
      const offset = hash32(key, leading) % product
      let number = (offset + ((index - start) % per) * coprimeStep(product)) % product
      for (let d = 0; d < wanted; d++) number = Math.floor(number / at(sizes, d))
      return at(digits, wanted).value(number % at(sizes, wanted), leading)
    }
  },
}

interface Digit {
  /** How many values it can have beside this leading row. */
  readonly size: (leading: number) => number
  readonly value: (position: number, leading: number) => ReturnType<ReturnType<Generator['compile']>>
}

function compileDigit(options: GeneratorOptions, part: number, context: ValueContext): Digit {
  if (options.values !== undefined) {
    const texts = textsOption(options, 'values')
    const values: readonly (string | number)[] = options.numeric === true ? texts.map(Number) : texts
    return { size: () => values.length, value: (position) => at(values, position) }
  }
  const rows = referencedRows({ ...options, part }, context)
  const ratio = numberOption(options, 'ratio')
  const skipsLead = options.skipsLead === true
  const needed = numberOption(options, 'per') + (skipsLead ? 1 : 0) - rows.existing
  // What earlier runs' rows hold may have been decided by another plan.
  const first = options.among === 'new' ? context.startOf(rows.table) : 0
  const count = (leading: number) =>
    first > 0 ? rows.seeded - first : Math.min(rows.seeded, Math.max(needed, Math.floor(leading * ratio) + 1))
  return {
    size: (leading) => Math.max(1, count(leading) + rows.existing - (skipsLead ? 1 : 0)),
    value: (position, leading) => {
      const seeded = count(leading)
      const shifted = skipsLead && position >= leading - first ? position + 1 : position
      return shifted < seeded ? rows.seededValue(first + shifted) : rows.existingValue(shifted - seeded)
    },
  }
}

function digitOptions(options: GeneratorOptions): readonly GeneratorOptions[] {
  const { digits } = options
  const per = numberOption(options, 'per')
  return Array.isArray(digits) ? digits.map((digit: object) => ({ ...digit, per })) : []
}

const steps = new Map<number, number>()

/** A step near 0.618 · `size` that has no divisor in common with it: consecutive multiples spread over all residues. */
export function coprimeStep(size: number): number {
  const known = steps.get(size)
  if (known !== undefined) return known
  let step = Math.max(1, Math.floor(size * 0.618))
  while (greatestCommonDivisor(step, size) !== 1) step++
  steps.set(size, step)
  return step
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
