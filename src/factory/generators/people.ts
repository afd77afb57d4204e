import { at, hash32, hashKey } from '../hash.ts'
import type { ValueContext } from './generator.ts'
import { inRounds } from './permutation.ts'
import { people } from './pools/people.ts'
import { poolOf } from './pools.ts'
import { words } from './text.ts'

/** Made-up people, each a first with a last name of the same country. */
export interface People {
  readonly first: readonly string[]
  readonly last: readonly string[]
  readonly full: readonly string[]
  /** In Latin letters, as before the @ of an address: `anna.mueller`. No two of one country are the same. */
  readonly address: readonly string[]
  /** The number of the country that the name is from. */
  readonly country: Uint8Array
}

/** How many countries there are. */
const countryCount = people.length

let all: People | undefined

/** Everybody there is. */
export function everybody(): People {
  return (all ??= makePeople())
}

function makePeople(): People {
  const country: number[] = []
  const made = { first: [] as string[], last: [] as string[], full: [] as string[], address: [] as string[] }
  people.forEach((pack, number) => {
    const lastNames = pack.last.split('|')
    const isLastFirst = pack.order.startsWith('<')
    const separator = pack.order.replace('<', '')
    pack.first.split('|').forEach((first, f) => {
      lastNames.forEach((last, l) => {
        made.first.push(first)
        made.last.push(last)
        made.full.push(isLastFirst ? `${last}${separator}${first}` : `${first}${separator}${last}`)
        made.address.push(`${latin(first) || word('adjectives', f)}.${latin(last) || word('nouns', l)}`)
        country.push(number)
      })
    })
  })
  return { ...made, country: Uint8Array.from(country) }
}

function word(pool: 'adjectives' | 'nouns', number: number): string {
  return at(poolOf(pool), number % poolOf(pool).length)
}

const transcribed: Readonly<Record<string, string>> = {
  ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', ø: 'o', æ: 'ae', œ: 'oe', ł: 'l', đ: 'd', ı: 'i', þ: 'th', ð: 'd',
} // prettier-ignore

/** In lower-case Latin letters; empty for another script. */
function latin(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[äöüßøæœłđıþð]/g, (letter) => transcribed[letter] ?? '')
    .normalize('NFD')
    .replaceAll(/[^a-z]/g, '')
}

/**
 * Who stands in each row: columns of one table that speak of the same person (`first_name`, `email`, but not
 * `billing_first_name`) agree. All names come up equally often.
 */
export function personOf(
  { seed, table, column }: ValueContext,
  suffix: RegExp,
): {
  readonly person: (index: number) => number
  readonly numberOf: (index: number, person: number) => number
} {
  const role = words(column).replace(suffix, '')
  const key = hashKey(seed, table, 'person', role)
  const { country, full } = everybody()
  const { positionOf, roundOf } = inRounds(key, full.length)
  const base = 1 + (hash32(key, 0) % 40)
  return {
    person: positionOf,
    // Differs by country, in which no two addresses are the same, and by round, in which nobody comes twice.
    numberOf: (index, person) => (base + roundOf(index)) * countryCount + (country[person] ?? 0),
  }
}
