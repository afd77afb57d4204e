import * as l10n from '@vscode/l10n'
import { hashFraction, hashKey } from '../hash.ts'
import { isTimeFormat, timeFormats } from './calendar.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { numberOption } from './options.ts'

/** Times between `from` and `to`, in milliseconds since 1970, all equally likely, as a user's rule says. */
export const period: Generator = {
  id: 'period',
  get description() {
    return l10n.t('times between two others')
  },
  example: {
    column: { ...exampleColumn('held_at', 'datetime', 'DATETIME'), timeFormat: 'sql' },
    unique: false,
    options: { from: 1_704_067_200_000, to: 1_735_689_600_000, format: 'sql' },
  },
  suggest: () => null,
  compile: (options, context) => {
    const from = numberOption(options, 'from')
    const span = numberOption(options, 'to') - from
    const format = timeFormats[isTimeFormat(options.format) ? options.format : 'sql']
    const key = hashKey(context.seed, context.table, context.column)
    return (index) => format(from + Math.floor(hashFraction(key, index) * (span + 1)))
  },
}
