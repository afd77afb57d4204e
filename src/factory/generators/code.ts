import * as l10n from '@vscode/l10n'
import { hash32, hashKey, pick } from '../hash.ts'
import type { Column } from '../../model/schema.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions, ValueContext } from './generator.ts'
import { readPattern } from './pattern-grammar.ts'
import type { Pattern } from './pattern-grammar.ts'
import { recurringTexts, uniqueTexts } from './pattern.ts'
import { poolOf } from './pools.ts'
import {
  codeCapacity,
  codePrefix,
  finished,
  isTextNamed,
  maxLengthOf,
  minLengthOf,
  textOptions,
  words,
} from './text.ts'
import { hexDigits } from './uuid.ts'

type Kind = 'extension' | 'slug' | 'number' | 'stock' | 'barcode' | 'secret' | 'word'

const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/slug|permalink|handle$/, 'slug'],
  [/isbn|(?:^|_)ean|gtin|(?:^|_)upc|barcode/, 'barcode'],
  [/^ext(?:ension)?$|phone_ext/, 'extension'],
  [/sku|stock|article_no|part_no/, 'stock'],
  [/token|secret|(?:^|_)key$|hash$|checksum|digest|signature|fingerprint|^etag$|session_id/, 'secret'],
  [
    /number$|_no$|^ref|reference|serial|invoice|tracking|(?:^|_)(?:vat|tax)_?id$|iban|passport|licen[cs]e_?(?:plate|no)/,
    'number',
  ],
  [/code$|^external_id$/, 'word'],
]

/** Short identifiers such as slugs, tokens, stock and order numbers; and whatever fills a short CHAR. */
export const code: Generator = {
  id: 'code',
  get description() {
    return l10n.t('slugs, tokens, stock numbers and other short identifiers')
  },
  example: { column: exampleColumn('sku', 'text', 'VARCHAR(20)'), unique: true },
  suggest: (column, { unique }) => {
    const kind = kinds.find(([pattern]) => isTextNamed(column, pattern))?.[1]
    const fixedLength = fixedLengthOf(column)
    if (kind === undefined && fixedLength === null) return null
    return {
      options: {
        ...textOptions(column, unique),
        kind: kind ?? 'word',
        word: words(column.name),
        ...(fixedLength === null ? {} : { fixedLength, minLength: fixedLength }),
      },
      reason:
        kind === undefined
          ? l10n.t('its type: {0}', column.declaredType)
          : l10n.t('named like an identifier'),
      capacity: codeCapacity(column.maxLength ?? Number.POSITIVE_INFINITY),
    }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const room = maxLengthOf(options)
    const letters = codePrefix(key).toUpperCase()
    // Where the usual form has no room, all that there is: as many texts as the suggestion says.
    for (const form of [
      formOf(options, letters),
      `${letters}[A-Z0-9]{${Math.max(1, Math.min(8, room - 2))}}`,
    ]) {
      const pattern = readPattern(form)
      if (typeof pattern !== 'string' && isSuited(options, pattern, room))
        return (options.unique === true ? uniqueTexts : recurringTexts)(pattern, context)
    }
    return finished(freeText(options, context), options, key, { separator: '-' })
  },
}

/** The length of a CHAR(n), which is filled to its end. */
function fixedLengthOf(column: Column): number | null {
  const isChar = column.type === 'text' && /^(?:n?char|character|bpchar)\s*\(\d+\)/i.test(column.declaredType)
  return isChar && column.maxLength !== null && column.maxLength <= 36 ? column.maxLength : null
}

function isSuited(options: GeneratorOptions, { size, longest }: Pattern, room: number): boolean {
  const { kind, unique, fixedLength } = options
  if (kind === 'slug' || kind === 'secret') return false
  if (typeof fixedLength === 'number') return fixedLength <= mostDigits || kind === 'barcode'
  if (longest < minLengthOf(options)) return false
  // A second round through all texts adds a dash and its number; short columns have no second round.
  if (longest === room && longest < mostDigits) return true
  return longest + (unique === true && size < 1e10 ? (size < 1e9 ? 6 : 3) : 0) <= room
}

/** A number up to 2^52 decides no more characters than these. */
const mostDigits = 10

/** The pattern that most such identifiers follow; with letters of the key's own, lest they meet the user's values. */
function formOf({ kind, word, fixedLength }: GeneratorOptions, letters: string): string {
  // The range that shops may use as they like: no product of the world has such a number.
  if (kind === 'barcode')
    return `02\\d{${typeof fixedLength === 'number' ? Math.max(1, fixedLength - 2) : 11}}`
  if (typeof fixedLength === 'number')
    return fixedLength > 2 ? `${letters}[A-Z0-9]{${fixedLength - 2}}` : `[A-Z0-9]{${fixedLength}}`
  if (kind === 'extension') return '\\d{4}'
  if (kind === 'stock') return `${letters}[A-Z]-\\d{6}`
  if (kind === 'number') return `${prefixOf(String(word))}-${letters}\\d{7}`
  return `${letters}[A-Z0-9]{6}`
}

/** `invoice_number` → INV */
function prefixOf(word: string): string {
  const letters = word
    .replaceAll(/[^a-z]/g, '')
    .slice(0, 3)
    .toUpperCase()
  return letters === 'NUM' || letters.length < 3 ? 'NO' : letters
}

function freeText(
  options: GeneratorOptions,
  { seed, table, column }: ValueContext,
): (index: number) => string {
  const key = hashKey(seed, table, column)
  const second = hashKey(seed, table, column, 'second')
  if (options.kind === 'slug') {
    const adjectives = poolOf('adjectives')
    const nouns = poolOf('nouns')
    return (index) => `${pick(adjectives, key, index)}-${pick(nouns, second, index)}`
  }
  if (options.kind === 'secret' || typeof options.fixedLength === 'number') {
    return (index) => {
      const a = hash32(key, index)
      const b = hash32(second, index)
      return (
        hexDigits(a) +
        hexDigits(b) +
        hexDigits(Math.imul(a, 0x85ebca6b) ^ b) +
        hexDigits(Math.imul(b, 0xc2b2ae35) ^ a)
      )
    }
  }
  return (index) => hash32(key, index).toString(36)
}
