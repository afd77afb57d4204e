import { hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { fitted, isTextNamed, maxLengthOf, textOptions } from './text.ts'
import { firstNames, lastNames } from './words.ts'

/** Reserved for documentation by RFC 2606: mail to it reaches nobody. */
const domain = '@example.com'
const shortest = 24

/** E-mail addresses that reach nobody, each different. */
export const email: Generator = {
  id: 'email',
  description: 'e-mail addresses at example.com',
  example: { column: exampleColumn('email', 'text', 'VARCHAR(255)'), unique: true },
  suggest: (column) =>
    isTextNamed(column, /(?:^|_)e?_?mail(?:_address)?$|^email/) && (column.maxLength ?? shortest) >= shortest
      ? { options: textOptions(column, true), reason: 'named like an e-mail address' }
      : null,
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const last = hashKey(context.seed, context.table, context.column, 'last')
    const room = maxLengthOf(options) - domain.length
    return (index) =>
      fitted(`${pick(first, key, index)}.${pick(family, last, index)}`, '.', true, room, key, index) + domain
  },
}

const first = firstNames.map(asciiWord)
const family = lastNames.map(asciiWord)

function asciiWord(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase()
}
