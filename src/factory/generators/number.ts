import { hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { numberOption } from './options.ts'
import { words } from './text.ts'

const ranges: readonly (readonly [RegExp, number, number, string])[] = [
  [/(?:^|_)age$/, 18, 90, 'an age'],
  [/rating|stars/, 1, 5, 'a rating'],
  [/year$/, 1990, 2025, 'a year'],
  [/month$/, 1, 12, 'a month'],
  [/percent|progress/, 0, 100, 'a percentage'],
  [/quantity|qty/, 1, 10, 'a quantity'],
  [/^(?:lat|latitude)$/, -80, 80, 'a latitude'],
  [/^(?:lng|lon|longitude)$/, -180, 179, 'a longitude'],
]

/** Numbers in a range that suits the name, else 1 to 1000. */
export const number: Generator = {
  id: 'number',
  description: 'numbers in a range',
  example: { column: exampleColumn('quantity', 'integer', 'INTEGER'), unique: false },
  suggest: (column, { unique }) => {
    if (unique || (column.type !== 'integer' && column.type !== 'real')) return null
    const fraction = column.type === 'real'
    const known = ranges.find(([pattern]) => pattern.test(words(column.name)))
    if (known === undefined)
      return { options: { low: 1, high: 1000, fraction }, reason: `its type: ${column.declaredType}` }
    return { options: { low: known[1], high: known[2], fraction }, reason: `named like ${known[3]}` }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const low = numberOption(options, 'low')
    const span = numberOption(options, 'high') - low
    if (options.fraction === true) return (index) => low + (hash32(key, index) % (span * 100)) / 100
    return (index) => low + (hash32(key, index) % (span + 1))
  },
}
