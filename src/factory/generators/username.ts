import * as l10n from '@vscode/l10n'
import { at, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { everybody, personOf } from './people.ts'
import { codeCapacity, finished, isTextNamed, maxLengthOf, minLengthOf, textOptions } from './text.ts'

/** With a number of eight digits. */
const longest = 40

/** Names to log in or to be mentioned with; of the person whom the row's name columns name. */
export const username: Generator = {
  id: 'username',
  get description() {
    return l10n.t('user names')
  },
  example: { column: exampleColumn('username', 'text', 'TEXT'), unique: true },
  suggest: (column) =>
    isTextNamed(column, /user_?name$|^login$|^handle$|^nick_?name$|screen_?name/)
      ? {
          options: textOptions(column, true),
          reason: l10n.t('named like a user name'),
          capacity: codeCapacity(column.maxLength ?? Number.POSITIVE_INFINITY),
        }
      : null,
  compile: (options, context) => {
    const { person, numberOf } = personOf(context, /user_?name$|login$|handle$|nick_?name$|screen_?name.*$/)
    const handles = everybody().address.map((address, who) =>
      who % 2 === 0 ? address.replace('.', '_') : address,
    )
    if (maxLengthOf(options) >= longest && minLengthOf(options) < 4) {
      return (index) => {
        const who = person(index)
        return `${handles[who] ?? ''}${numberOf(index, who)}`
      }
    }
    const key = hashKey(context.seed, context.table, context.column)
    return finished((index) => at(handles, person(index)), { ...options, unique: true }, key, {
      separator: '_',
    })
  },
}
