import { hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { fitted, isTextNamed, maxLengthOf, textOptions, words } from './text.ts'
import { firstNames, lastNames } from './words.ts'

const people =
  /user|author|customer|person|people|member|employee|student|teacher|patient|contact|account|client|owner|profile|player|driver/

/** Names of people who do not exist. */
export const personName: Generator = {
  id: 'person-name',
  description: 'names of people',
  example: { column: exampleColumn('full_name', 'text', 'TEXT'), unique: false },
  suggest: (column, { table, unique }) => {
    const part = isTextNamed(column, /first_?name|given_?name/)
      ? 'first'
      : isTextNamed(column, /last_?name|sur_?name|family_?name/)
        ? 'last'
        : 'full'
    const isFull = isTextNamed(column, /full_?name|display_?name|^author$|_by_name$/)
    const isName = isTextNamed(column, /^name$/) && people.test(words(table))
    if (part === 'full' && !isFull && !isName) return null
    return { options: { ...textOptions(column, unique), part }, reason: "named like a person's name" }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const last = hashKey(context.seed, context.table, context.column, 'last')
    const room = maxLengthOf(options)
    const unique = options.unique === true
    const text =
      options.part === 'first'
        ? (index: number) => pick(firstNames, key, index)
        : options.part === 'last'
          ? (index: number) => pick(lastNames, key, index)
          : (index: number) => `${pick(firstNames, key, index)} ${pick(lastNames, last, index)}`
    return (index) => fitted(text(index), ' ', unique, room, key, index)
  },
}
