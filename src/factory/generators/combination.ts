import * as l10n from '@vscode/l10n'
import { at, hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions } from './generator.ts'
import { numberOption, textsOption } from './options.ts'
import { coprimeStep } from './parent-tuple.ts'

/**
 * A column that is unique together with others which all have few values: each row has another combination of the values of
 * `digits`, as long as there are any; `digit` says which of them this column is.
 */
export const combination: Generator = {
  id: 'combination',
  get description() {
    return l10n.t('part of a combination of a few values that no other row has')
  },
  example: {
    column: exampleColumn('currency', 'text', 'TEXT'),
    unique: false,
    options: { digit: 0, digits: [{ values: ['EUR', 'USD'] }, { values: ['1', '2', '3'], numeric: true }] },
  },
  suggest: () => null,
  compile: (options, context) => {
    const digits = digitsOf(options)
    const wanted = numberOption(options, 'digit')
    const product = digits.reduce((all, values) => all * values.length, 1)
    const step = coprimeStep(product)
    const begin = hash32(hashKey(context.seed, context.table, 'combination'), 0) % product
    return (index) => {
      let number = (begin + (index % product) * step) % product
      for (let digit = 0; digit < wanted; digit++) number = Math.floor(number / at(digits, digit).length)
      const values = at(digits, wanted)
      return at(values, number % values.length)
    }
  },
}

function digitsOf({ digits }: GeneratorOptions): readonly (readonly (string | number)[])[] {
  if (!Array.isArray(digits)) throw new TypeError(l10n.t('The plan\'s option "digits" is not a list.'))
  return digits.map((digit: GeneratorOptions) => {
    const values = textsOption(digit, 'values')
    return digit.numeric === true ? values.map(Number) : values
  })
}
