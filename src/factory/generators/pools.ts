import { vocabulary } from './pools/vocabulary.ts'

export type PoolName = keyof typeof vocabulary

const split = new Map<PoolName, readonly string[]>()

/** The words of a pool. */
export function poolOf(name: PoolName): readonly string[] {
  const known = split.get(name)
  if (known !== undefined) return known
  const words = flat(vocabulary[name].split('|'))
  split.set(name, words)
  return words
}

/**
 * The same texts, each in memory of its own: V8 keeps what `split` and `+` make as parts of other texts, which takes
 * twice as long to write.
 */
export function flat(texts: readonly string[]): readonly string[] {
  return texts.map((text) => Buffer.from(text).toString())
}
