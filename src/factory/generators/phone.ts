import * as l10n from '@vscode/l10n'
import { hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { inRounds } from './permutation.ts'
import { isTextNamed, maxLengthOf, textOptions } from './text.ts'

/** Area codes 201 … 999 without those that end in 11, and the hundred numbers of each. */
const areas = Array.from({ length: 799 }, (_, n) => 201 + n).filter(
  (area) => area % 100 !== 11 && area !== 555,
)
const numbers = areas.length * 100
/** `+1-201-555-0100` and an extension. */
const withExtension = 24

/** Telephone numbers that ring nowhere: 555-0100 to 555-0199 are kept free for fiction in North America. */
export const phone: Generator = {
  id: 'phone',
  get description() {
    return l10n.t('fictional telephone numbers')
  },
  example: { column: exampleColumn('phone', 'text', 'TEXT'), unique: true },
  suggest: (column, { unique }) => {
    const isNamed = isTextNamed(column, /phone|mobile|(?:^|_)fax$|(?:^|_)tel$|^cell$|whatsapp/)
    const room = column.maxLength ?? withExtension
    if (!isNamed || room < 12) return null
    return {
      options: textOptions(column, unique),
      reason: l10n.t('named like a telephone number'),
      nullRate: 0.1,
      ...(unique && room < withExtension ? { capacity: numbers } : {}),
    }
  },
  compile: (options, context) => {
    const { positionOf, roundOf } = inRounds(hashKey(context.seed, context.table, context.column), numbers)
    const separator = maxLengthOf(options) >= 15 ? '-' : ''
    const texts = areas.flatMap((area) =>
      Array.from({ length: 100 }, (_, n) =>
        ['+1', area, '555', `01${n < 10 ? '0' : ''}${n}`].join(separator),
      ),
    )
    if (options.unique !== true) return (index) => texts[positionOf(index)] ?? ''
    return (index) => {
      const round = roundOf(index)
      return round === 0 ? (texts[positionOf(index)] ?? '') : `${texts[positionOf(index)] ?? ''} x${round}`
    }
  },
}
