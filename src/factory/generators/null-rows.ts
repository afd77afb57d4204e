import { hash32, hashKey } from '../hash.ts'
import type { GeneratorOptions, ValueContext } from './generator.ts'

/** Which rows are NULL by the option `nullRate`; null where none is. Columns of one foreign key are NULL together. */
export function nullRows(
  options: GeneratorOptions,
  { seed, table, column }: Pick<ValueContext, 'seed' | 'table' | 'column'>,
): ((index: number) => boolean) | null {
  const { nullRate, key: shared } = options
  if (typeof nullRate !== 'number' || nullRate <= 0) return null
  const key = hashKey(seed, table, typeof shared === 'string' ? shared : column, 'null')
  const limit = nullRate * 4294967296
  return (index) => hash32(key, index) < limit
}
