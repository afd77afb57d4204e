import { hash32, hashBelow, hashKey } from '../hash.ts'
import { numberOption, objectOption, textOption } from './options.ts'
import type { GeneratorOptions, ValueContext } from './generator.ts'

/**
 * Which rows are NULL by the option `nullRate`, or because it is another column's `turn` to have a value; null where none
 * is. Columns of one foreign key are NULL together.
 */
export function nullRows(
  options: GeneratorOptions,
  { seed, table, column }: Pick<ValueContext, 'seed' | 'table' | 'column'>,
): ((index: number) => boolean) | null {
  const turn = objectOption(options, 'turn')
  if (turn !== null) {
    const turns = hashKey(seed, table, textOption(turn, 'key'), 'turn')
    const part = numberOption(turn, 'part')
    const count = numberOption(turn, 'of')
    return (index) => hashBelow(turns, index, count) !== part
  }
  const { nullRate, key: shared } = options
  if (typeof nullRate !== 'number' || nullRate <= 0) return null
  const key = hashKey(seed, table, typeof shared === 'string' ? shared : column, 'null')
  const limit = nullRate * 4294967296
  return (index) => hash32(key, index) < limit
}
