import type { Column } from '../../model/schema.ts'
import { amount } from './amount.ts'
import { array } from './array.ts'
import { beyond } from './beyond.ts'
import { body } from './body.ts'
import { boolean } from './boolean.ts'
import { bytes } from './bytes.ts'
import { choice } from './choice.ts'
import { code } from './code.ts'
import { combination } from './combination.ts'
import { copy } from './copy.ts'
import { email } from './email.ts'
import { fixed } from './fixed.ts'
import type { Generator, Need, Suggestion } from './generator.ts'
import { json } from './json.ts'
import { network } from './network.ts'
import { nothing } from './nothing.ts'
import { number } from './number.ts'
import { parent } from './parent.ts'
import { parentEach } from './parent-each.ts'
import { parentMatching } from './parent-matching.ts'
import { parentSharing } from './parent-sharing.ts'
import { parentOther } from './parent-other.ts'
import { parentPair } from './parent-pair.ts'
import { parentTuple } from './parent-tuple.ts'
import { passwordHash } from './password-hash.ts'
import { pattern } from './pattern.ts'
import { period } from './period.ts'
import { personName } from './person-name.ts'
import { phone } from './phone.ts'
import { place } from './place.ts'
import { range } from './range.ts'
import { rowId } from './row-id.ts'
import { sequence } from './sequence.ts'
import { specialType } from './special-type.ts'
import { status } from './status.ts'
import { time } from './time.ts'
import { timeOfDay } from './time-of-day.ts'
import { title } from './title.ts'
import { url } from './url.ts'
import { username } from './username.ts'
import { uuid } from './uuid.ts'
import { vocabulary } from './vocabulary.ts'
import { wordsText } from './words-text.ts'

/** In the order in which they are asked for a column: what the database says, then its name, then its type. */
export const generators = [
  rowId,
  parent,
  parentEach,
  parentTuple,
  parentPair,
  parentOther,
  combination,
  parentSharing,
  parentMatching,
  beyond,
  period,
  fixed,
  copy,
  pattern,
  choice,
  uuid,
  network,
  specialType,
  nothing,
  sequence,
  email,
  passwordHash,
  username,
  phone,
  url,
  personName,
  place,
  vocabulary,
  status,
  code,
  title,
  json,
  array,
  body,
  time,
  timeOfDay,
  boolean,
  amount,
  range,
  number,
  bytes,
  wordsText,
] as const satisfies readonly Generator[]

/** The first generator that suits a column, with its suggestion; null where none can make such values. */
export function suggestGenerator(
  column: Column,
  need: Need,
): { readonly generator: Generator; readonly suggestion: Suggestion } | null {
  for (const generator of generators) {
    const suggestion = generator.suggest(column, need)
    if (suggestion !== null) return { generator, suggestion }
  }
  return null
}

/** The generator of that id, or undefined. */
export function generatorOf(id: string): Generator | undefined {
  return generators.find((generator) => generator.id === id)
}
