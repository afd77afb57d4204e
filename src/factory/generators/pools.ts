import { vocabulary } from './pools/vocabulary.ts'

export type PoolName = keyof typeof vocabulary

const split = new Map<PoolName, readonly string[]>()

/** The words of a pool. */
export function poolOf(name: PoolName): readonly string[] {
  const known = split.get(name)
  if (known !== undefined) return known
  const words = vocabulary[name].split('|')
  split.set(name, words)
  return words
}
