import * as l10n from '@vscode/l10n'
import { parentChoice } from './parent-choice.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { objectOption, textOption } from './options.ts'
import { chooseParent } from './parent.ts'
import { chosenValues } from './reference.ts'

/**
 * A foreign key as {@link parent}, but never to the same row as another one of its table: from one account to another. `other`
 * holds the `generator` and the `options` of that one.
 */
export const parentOther: Generator = {
  id: 'parent-other',
  get description() {
    return l10n.t('a reference to another row than the one that a second reference of the table has')
  },
  example: {
    column: exampleColumn('to_id', 'integer', 'INTEGER'),
    unique: false,
    options: {
      table: 'users',
      columns: ['id'],
      part: 0,
      key: 'to_id',
      other: { generator: 'parent', options: { table: 'users', columns: ['id'], part: 0, key: 'from_id' } },
    },
  },
  suggest: () => null,
  compile: (options, context) => {
    const choice = chooseParent(options, context)
    const other = objectOption(options, 'other') ?? {}
    const avoided = parentChoice(
      textOption(other, 'generator'),
      objectOption(other, 'options') ?? {},
      context,
    )
    if (avoided === null) return chosenValues(options, context, choice)
    const positionOf = (index: number) => {
      const position = choice.positionOf(index)
      const isSame = position >= 0 && position === avoided.positionOf(index)
      return isSame ? (position + 1) % choice.positions : position
    }
    return chosenValues(options, context, { ...choice, positionOf })
  },
}
