import { hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { textsOption } from './options.ts'
import { isTextNamed, words } from './text.ts'

const sets: readonly (readonly [RegExp, readonly string[]])[] = [
  [/status$|^state$/, ['active', 'active', 'active', 'pending', 'inactive']],
  [/role$/, ['member', 'member', 'member', 'member', 'editor', 'admin']],
  [/currency/, ['USD', 'EUR', 'GBP', 'JPY']],
  [/locale$|language$|^lang$/, ['en', 'en', 'de', 'fr', 'es', 'ja']],
  [/^(?:kind|type|action|event|verb)$|_type$|_kind$/, ['view', 'view', 'view', 'like', 'comment', 'share']],
  [/colou?r$/, ['red', 'green', 'blue', 'amber', 'violet']],
  [/priority$|severity$|level$/, ['low', 'normal', 'normal', 'high']],
]

/** One of the words that columns of that name usually hold. */
export const status: Generator = {
  id: 'status',
  description: 'usual values of status, role, type, currency … columns',
  example: { column: exampleColumn('status', 'text', 'TEXT'), unique: false },
  suggest: (column, { unique }) => {
    const values = sets.find(([pattern]) => isTextNamed(column, pattern))?.[1]
    if (unique || values === undefined || values.some((value) => value.length > (column.maxLength ?? 99)))
      return null
    return { options: { values }, reason: `named like a ${words(column.name).split('_').at(-1) ?? 'status'}` }
  },
  compile: (options, context) => {
    const values = textsOption(options, 'values')
    const key = hashKey(context.seed, context.table, context.column)
    return (index) => pick(values, key, index)
  },
}
