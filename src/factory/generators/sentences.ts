import { flat, poolOf } from './pools.ts'

/** One way of writing: a text keeps to it from its first sentence to its last. */
export interface Voice {
  /** How many of a hundred texts are written so. */
  readonly weight: number
  readonly sentences: readonly string[]
}

let known: readonly Voice[] | undefined

/** Mostly English; the others bring other scripts. */
export function voices(): readonly Voice[] {
  return (known ??= [
    { weight: 43, sentences: crossed(poolOf('slogans'), / (?=[^ ]+$)/) },
    { weight: 43, sentences: crossed(poolOf('sentences'), joint) },
    { weight: 4, sentences: poolOf('frenchSentences') },
    { weight: 2, sentences: poolOf('russianSentences') },
    { weight: 2, sentences: poolOf('japaneseSentences') },
    { weight: 2, sentences: poolOf('koreanSentences') },
    { weight: 2, sentences: poolOf('arabicSentences') },
    { weight: 2, sentences: poolOf('latinSentences') },
  ])
}

/** Where a sentence's end begins; what stands there says which sentences can take each other's. */
const joint =
  / (?=(?:we (?:can get|need)|maybe it|then you|that should|designed (?:with|to)|made with|perfect for|with an exciting|is the latest|brings a|offers|model with|combines|technology increases) )/

/** The sentences, and those that come of it when such as have the same words `between` head and end change their ends. */
function crossed(sentences: readonly string[], between: RegExp): readonly string[] {
  const parts = sentences.map((sentence) => sentence.split(between))
  const byJoint = Map.groupBy(parts, ([, end]) =>
    end === undefined ? '' : end.split(' ').slice(0, -1).slice(0, 2).join(' '),
  )
  const all = [...byJoint.values()].flatMap((group) =>
    group.flatMap(([head = '', own]) =>
      own === undefined ? [head] : group.map(([, end = '']) => `${head} ${end}`),
    ),
  )
  return flat(all)
}
