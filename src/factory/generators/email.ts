import * as l10n from '@vscode/l10n'
import { at, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { everybody, personOf } from './people.ts'
import { finished, isTextNamed, maxLengthOf, minLengthOf, textOptions } from './text.ts'

/** Reserved for documentation by RFC 2606: mail to them reaches nobody. */
const domains = ['@example.com', '@example.net', '@example.org'] as const
const shortest = 24
const named = /(?:^|_)e?_?mail(?:_address)?$|^email/
/** With a number of eight digits and a domain. */
const longest = 52

/** E-mail addresses that reach nobody, each different; of the person whom the row's name columns name. */
export const email: Generator = {
  id: 'email',
  get description() {
    return l10n.t('e-mail addresses at example.com')
  },
  example: { column: exampleColumn('email', 'text', 'VARCHAR(255)'), unique: true },
  suggest: (column) =>
    (isTextNamed(column, named) || isTextNamed({ ...column, name: column.declaredType }, named)) &&
    (column.maxLength ?? shortest) >= shortest
      ? { options: textOptions(column, true), reason: l10n.t('named like an e-mail address') }
      : null,
  compile: (options, context) => {
    const { person, numberOf } = personOf(context, /e?_?mail.*$/)
    const { address } = everybody()
    const room = maxLengthOf(options)
    if (room >= longest && minLengthOf(options) < 16) {
      return (index) => {
        const who = person(index)
        return `${address[who] ?? ''}${numberOf(index, who)}${domains[who % 3] ?? domains[0]}`
      }
    }
    const key = hashKey(context.seed, context.table, context.column)
    const local = finished(
      (index) => at(address, person(index)),
      {
        unique: true,
        maxLength: room - domains[0].length,
        minLength: minLengthOf(options) - domains[0].length,
      },
      key,
      { separator: '.' },
    )
    return (index) => local(index) + domains[0]
  },
}
