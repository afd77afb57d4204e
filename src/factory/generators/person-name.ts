import * as l10n from '@vscode/l10n'
import { hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { everybody, personOf } from './people.ts'
import { codeCapacity, finished, isTextNamed, textOptions, words } from './text.ts'

const people =
  /user|author|customer|person|people|member|employee|student|teacher|patient|contact|account|client|owner|profile|player|driver|actor|staff|guest|subscriber|lead|artist|composer/
const firstName = /first_?name|given_?name|fore_?name/
const lastName = /last_?name|sur_?name|family_?name/
const fullName =
  /full_?name|display_?name|^(?:author|composer|director|performer|editor)$|_by_name$|(?:contact|customer|recipient|person)_name$/

/** Names of people who do not exist; columns of one table that speak of the same person agree. */
export const personName: Generator = {
  id: 'person-name',
  get description() {
    return l10n.t('names of people')
  },
  example: { column: exampleColumn('full_name', 'text', 'TEXT'), unique: false },
  suggest: (column, { table, unique }) => {
    const part = isTextNamed(column, firstName) ? 'first' : isTextNamed(column, lastName) ? 'last' : 'full'
    const isFull = isTextNamed(column, fullName)
    const isName = isTextNamed(column, /^name$/) && people.test(words(table))
    if (part === 'full' && !isFull && !isName) return null
    return {
      options: { ...textOptions(column, unique), part },
      reason: l10n.t("named like a person's name"),
      ...(unique ? { capacity: codeCapacity(column.maxLength ?? Number.POSITIVE_INFINITY) } : {}),
    }
  },
  compile: (options, context) => {
    const { person } = personOf(context, /(?:first|given|fore|last|sur|family|full|display)?_?name$/)
    const { first, last, full } = everybody()
    const names = options.part === 'first' ? first : options.part === 'last' ? last : full
    const key = hashKey(context.seed, context.table, context.column)
    return finished((index) => names[person(index)] ?? '', options, key, { separator: ' ' })
  },
}
