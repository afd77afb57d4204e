import * as l10n from '@vscode/l10n'
import { hashBelow, hashKey } from '../hash.ts'
import type { SqlValue } from '../sql-value.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions } from './generator.ts'
import { textOption } from './options.ts'
import { finished } from './text.ts'

/**
 * What another `column` of the same row holds, as a user's rule says. `form` changes texts: `same` (the default), `lower`,
 * `upper`, `slug`, or `email` (at example.com); `add: { low, high }` adds a whole number between the two to a number; `unique`
 * ends texts in the row's code.
 */
export const copy: Generator = {
  id: 'copy',
  get description() {
    return l10n.t('what another column of the row holds')
  },
  example: {
    column: exampleColumn('slug', 'text', 'TEXT'),
    unique: true,
    options: { column: 'title', form: 'slug', unique: true },
  },
  suggest: () => null,
  compile: (options, context) => {
    const original = context.seededValue(context.table, textOption(options, 'column'))
    const key = hashKey(context.seed, context.table, context.column)
    const { low = 0, high = 0 } = rangeOption(options)
    const form = forms[String(options.form)] ?? ((text) => text)
    const suffix = options.form === 'email' ? '@example.com' : ''
    const room = typeof options.maxLength === 'number' ? { maxLength: options.maxLength - suffix.length } : {}
    let text = ''
    const finish = finished(() => text, { ...options, ...room }, key, {
      separator: options.form === 'email' ? '.' : '-',
    })
    return (index): SqlValue => {
      const value = original(index)
      if (typeof value === 'number') return value + low + hashBelow(key, index, high - low + 1)
      if (typeof value !== 'string') return value
      text = form(value)
      return finish(index) + suffix
    }
  },
}

const forms: Readonly<Record<string, (text: string) => string>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  slug: (text) => slugOf(text, '-') || 'row',
  email: (text) => slugOf(text, '.') || 'someone',
}

function slugOf(text: string, separator: string): string {
  const parts = text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g)
  return parts?.join(separator) ?? ''
}

function rangeOption(options: GeneratorOptions): { readonly low?: number; readonly high?: number } {
  const { add } = options
  return typeof add === 'object' && add !== null ? add : {}
}
