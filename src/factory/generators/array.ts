import * as l10n from '@vscode/l10n'
import { hash32, hashBelow, hashKey, pick } from '../hash.ts'
import type { HashKey } from '../hash.ts'
import { dayText } from './calendar.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions } from './generator.ts'
import { poolOf } from './pools.ts'
import { hexDigits } from './uuid.ts'

type Maker = (key: HashKey, index: number) => string

const mostElements = 4

/** Lists of up to four different elements, as JSON texts: values of an enum, words, numbers. */
export const array: Generator = {
  id: 'array',
  get description() {
    return l10n.t('short lists')
  },
  example: {
    column: {
      ...exampleColumn('tags', 'array', 'text[]'),
      element: { type: 'text', declaredType: 'text', maxLength: null, allowedValues: null },
    },
    unique: false,
  },
  suggest: (column, { unique }) => {
    const { element } = column
    if (column.type !== 'array' || unique) return null
    if (element === undefined || (!Object.hasOwn(makers, element.type) && element.allowedValues === null))
      return { options: { kind: 'empty' }, reason: l10n.t('its type: {0}, empty', column.declaredType) }
    return {
      options: {
        kind: element.type,
        declaredType: element.declaredType,
        ...(element.maxLength === null ? {} : { maxLength: element.maxLength }),
        ...(element.allowedValues === null ? {} : { values: element.allowedValues }),
      },
      reason: l10n.t('its type: {0}', column.declaredType),
    }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const make = makerOf(options)
    if (make === null) return () => '[]'
    const sizeKey = hashKey(context.seed, context.table, context.column, 'size')
    return (index) => {
      const size = hashBelow(sizeKey, index, mostElements + 1)
      if (size === 0) return '[]'
      const elements = [make(key, index * mostElements)]
      for (let n = 1; n < size; n++) {
        const element = make(key, index * mostElements + n)
        if (!elements.includes(element)) elements.push(element)
      }
      return `[${elements.join(',')}]`
    }
  },
}

function makerOf(options: GeneratorOptions): Maker | null {
  const { values } = options
  if (Array.isArray(values)) {
    const texts = values.map((value) => JSON.stringify(value))
    return (key, index) => pick(texts, key, index)
  }
  if (options.kind === 'text') {
    const longest = typeof options.maxLength === 'number' ? options.maxLength : 99
    const texts = poolOf('nouns').map((word) => JSON.stringify(word.slice(0, longest)))
    return (key, index) => pick(texts, key, index)
  }
  if (options.kind === 'integer' && /small|int2|tiny/i.test(String(options.declaredType)))
    return (key, index) => String(1 + hashBelow(key, index, 100))
  return makers[String(options.kind)] ?? null
}

const makers: Readonly<Partial<Record<string, Maker>>> = {
  text: (key, index) => JSON.stringify(pick(poolOf('nouns'), key, index)),
  integer: (key, index) => String(1 + hashBelow(key, index, 1000)),
  real: (key, index) => String(hashBelow(key, index, 100_000) / 100),
  decimal: (key, index) => String(hashBelow(key, index, 10_000) / 100),
  boolean: (key, index) => (hash32(key, index) & 1 ? 'true' : 'false'),
  uuid: (key, index) => {
    const a = hexDigits(hash32(key, index))
    const b = hexDigits(Math.imul(hash32(key, index), 0x9e3779b1))
    return `"${a}-${b.slice(0, 4)}-4${b.slice(4, 7)}-a${a.slice(0, 3)}-${b}${a.slice(4)}"`
  },
  date: (key, index) => `"${dayText(19_723 + hashBelow(key, index, 700))}"`,
  datetime: (key, index) => `"${dayText(19_723 + hashBelow(key, index, 700))} 12:00:00"`,
  json: (key, index) => `{"value":${hashBelow(key, index, 1000)}}`,
}
