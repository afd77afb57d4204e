import * as l10n from '@vscode/l10n'
import { hashFraction, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { numberOption } from './options.ts'
import { words } from './text.ts'

/** True and false, stored as 1 and 0, in the shares that suit the name. */
export const boolean: Generator = {
  id: 'boolean',
  get description() {
    return l10n.t('true or false')
  },
  example: { column: exampleColumn('is_active', 'boolean', 'BOOLEAN'), unique: false },
  suggest: (column, { unique }) => {
    const name = words(column.name)
    const isNamed =
      column.type === 'integer' && /^(?:is|has|can|allow)_|_enabled$|_flag$|^discontinued$/.test(name)
    if (unique || (column.type !== 'boolean' && !isNamed)) return null
    const share = /delet|archiv|ban|block|lock|spam|hidden|disabled|discontinued/.test(name)
      ? 0.03
      : /active|enabled|verified|confirmed|published|visible|valid|public/.test(name)
        ? 0.9
        : 0.5
    return { options: { share }, reason: l10n.t('true in {0} % of rows', Math.round(share * 100)) }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const share = numberOption(options, 'share')
    return (index) => (hashFraction(key, index) < share ? 1 : 0)
  },
}
