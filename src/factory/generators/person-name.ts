import { hashKey } from '../hash.ts'
import { alphabetOption, isSpelled } from './alphabet.ts'
import type { Alphabet } from './alphabet.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { everybody, personOf } from './people.ts'
import { codeCapacity, finished, isTextNamed, textOptions, words } from './text.ts'

const people =
  /user|author|customer|person|people|member|employee|student|teacher|patient|contact|account|client|owner|profile|player|driver|actor|staff|guest|subscriber|lead/
const firstName = /first_?name|given_?name|fore_?name/
const lastName = /last_?name|sur_?name|family_?name/
const fullName = /full_?name|display_?name|^author$|_by_name$|(?:contact|customer|recipient|person)_name$/

/** Names of people who do not exist; columns of one table that speak of the same person agree. */
export const personName: Generator = {
  id: 'person-name',
  description: 'names of people',
  example: { column: exampleColumn('full_name', 'text', 'TEXT'), unique: false },
  suggest: (column, { table, unique }) => {
    const part = isTextNamed(column, firstName) ? 'first' : isTextNamed(column, lastName) ? 'last' : 'full'
    const isFull = isTextNamed(column, fullName)
    const isName = isTextNamed(column, /^name$/) && people.test(words(table))
    if (part === 'full' && !isFull && !isName) return null
    return {
      options: { ...textOptions(column, unique), part },
      reason: "named like a person's name",
      ...(unique ? { capacity: codeCapacity(column.maxLength ?? Number.POSITIVE_INFINITY) } : {}),
    }
  },
  compile: (options, context) => {
    const { person } = personOf(context, /(?:first|given|fore|last|sur|family|full|display)?_?name$/)
    const names = namesIn(options.part, alphabetOption(options.alphabet))
    const key = hashKey(context.seed, context.table, context.column)
    return finished((index) => names[person(index)] ?? '', options, key, { separator: ' ' })
  },
}

/** Everybody's names, in Latin letters where the alphabet lacks their own. */
function namesIn(part: unknown, alphabet: Alphabet | null): readonly string[] {
  const { first, last, full, address } = everybody()
  const names = part === 'first' ? first : part === 'last' ? last : full
  if (alphabet === null || alphabet === 'bmp') return names
  return names.map((name, who) => {
    if (isSpelled(name, alphabet)) return name
    const [given = '', family = ''] = (address[who] ?? '').split('.').map(capitalized)
    return part === 'first' ? given : part === 'last' ? family : `${given} ${family}`
  })
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
