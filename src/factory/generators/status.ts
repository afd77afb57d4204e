import * as l10n from '@vscode/l10n'
import { at, hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { numbersOption, textsOption } from './options.ts'
import { isTextNamed, words } from './text.ts'
import { weighted } from './weights.ts'

const sets: readonly (readonly [RegExp, Readonly<Record<string, number>>])[] = [
  [/order_?status|payment_?status|shipping_?status/, { completed: 60, pending: 20, shipped: 12, cancelled: 5, refunded: 3 }],
  [/status$|^state$|_state$/, { active: 70, pending: 18, inactive: 12 }],
  [/role$/, { member: 85, editor: 11, admin: 4 }],
  [/currency/, { USD: 50, EUR: 28, GBP: 14, JPY: 8 }],
  [/language$|^lang$|locale$/, { en: 55, de: 12, fr: 10, es: 13, ja: 10 }],
  [/title_of_courtesy|^salutation$|^honorific$|name_prefix/, { 'Ms.': 47, 'Mr.': 46, 'Dr.': 7 }],
  [/gender|^sex$/, { female: 48, male: 47, other: 5 }],
  [/plan$|tier$|subscription$/, { free: 72, pro: 22, enterprise: 6 }],
  [/(?:http|request)_?method$/, { GET: 75, POST: 18, PUT: 4, DELETE: 3 }],
  [/platform$|device$|device_type$/, { web: 48, ios: 28, android: 24 }],
  [/provider$|payment_method/, { card: 68, paypal: 20, transfer: 12 }],
  [/^(?:kind|type|action|event|verb)$|_type$|_kind$|event_name$/, { view: 60, like: 20, comment: 14, share: 6 }],
  [/priority$|severity$|level$/, { normal: 55, low: 25, high: 15, urgent: 5 }],
  [/source$|channel$|medium$/, { organic: 45, direct: 30, email: 15, ads: 10 }],
] // prettier-ignore

/** One of the words that columns of that name usually hold, each as often as is usual. */
export const status: Generator = {
  id: 'status',
  get description() {
    return l10n.t('usual values of status, role, type, currency … columns')
  },
  example: { column: exampleColumn('status', 'text', 'TEXT'), unique: false },
  suggest: (column, { unique }) => {
    const isLetter = column.maxLength === 1 && isTextNamed(column, /gender|^sex$/)
    const set = isLetter
      ? { F: 49, M: 49, X: 2 }
      : sets.find(([pattern]) => isTextNamed(column, pattern))?.[1]
    if (unique || set === undefined) return null
    const usual = Object.entries(set).filter(([word]) => word.length <= (column.maxLength ?? 99))
    if (usual.length === 0 || (column.minLength ?? 0) > 2) return null
    return {
      options: { values: usual.map(([word]) => word), weights: usual.map(([, weight]) => weight) },
      reason: l10n.t('named like a {0}', words(column.name).split('_').at(-1) ?? 'status'),
    }
  },
  compile: (options, context) => {
    const values = textsOption(options, 'values')
    const key = hashKey(context.seed, context.table, context.column)
    const position = weighted(numbersOption(options, 'weights') ?? values.map(() => 1))
    return (index) => at(values, position(hash32(key, index)))
  },
}
