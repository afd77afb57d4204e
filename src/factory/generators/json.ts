import * as l10n from '@vscode/l10n'
import { at, hash32, hashKey, nextHash, pick } from '../hash.ts'
import type { HashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { flat, poolOf } from './pools.ts'
import { isTextNamed, maxLengthOf, textOptions, words } from './text.ts'

type Maker = (key: HashKey, index: number) => string
const small = 60
const sources = ['web', 'web', 'mobile', 'api', 'import'] as const
const themes = ['light', 'dark', 'system'] as const
const languages = ['en', 'en', 'de', 'fr', 'es', 'ja'] as const

const shapes: readonly (readonly [RegExp, string])[] = [
  [/setting|preference|config|option/, 'settings'],
  [/payload|event|^data$|body|changes|params|context/, 'event'],
  [/address|location|geo/, 'address'],
  [/tags|labels|keywords|categories|scopes|roles|permissions|list$|items$/, 'list'],
]

/**
 * JSON objects as applications keep them: metadata, settings, events, addresses, by the column's name. Shorter keys come
 * first, as jsonb and MySQL keep them: sorting them takes longer than all else.
 */
export const json: Generator = {
  id: 'json',
  get description() {
    return l10n.t('JSON objects')
  },
  example: { column: exampleColumn('metadata', 'json', 'JSON'), unique: false },
  suggest: (column, { unique }) => {
    const isNamed = isTextNamed(
      column,
      /json$|^meta(?:data)?$|^settings$|^preferences$|^payload$|^properties$|^attributes$/,
    )
    if (unique || (column.maxLength ?? small) < small || (column.type !== 'json' && !isNamed)) return null
    const shape = shapes.find(([pattern]) => pattern.test(words(column.name)))?.[1] ?? 'metadata'
    return {
      options: { ...textOptions(column, false), shape },
      reason: isNamed ? l10n.t('named like JSON') : l10n.t('its type: {0}', column.declaredType),
    }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    // The longest have about 200 characters.
    const shape = maxLengthOf(options) < 240 ? 'small' : String(options.shape)
    const make = makers[shape] ?? makeSmall
    return (index) => make(key, index)
  },
}

function makeSmall(key: HashKey, index: number): string {
  return `{"source":"${pick(sources, key, index)}","version":${1 + (hash32(key, index) % 9)}}`
}

let metadataPieces: ReturnType<typeof makeMetadataPieces> | undefined

/** The parts of metadata, joined beforehand. */
function makeMetadataPieces() {
  const nouns = poolOf('nouns')
  return {
    addresses: pieces(254, (n) => `{"ip":"192.0.2.${n + 1}","tags":["`),
    firstTags: pieces(nouns.length, (n) => `${word(n)}","`),
    lastTags: pieces(nouns.length, (n) => `${word(n)}"],"source":"`),
    ends: pieces(
      9 * sources.length,
      (n) => `${sourceOf(n)}","version":${1 + Math.floor(n / sources.length)}`,
    ),
  }
}

let eventPieces: ReturnType<typeof makeEventPieces> | undefined

/** The parts of events, joined beforehand: the fewer, the sooner a text is put together. */
function makeEventPieces() {
  const nouns = poolOf('nouns').length
  return {
    paths: pieces(19 * nouns, (n) => `{"ok":${n % 19 > 0},"path":"/${word(n)}/`),
    types: pieces(
      4096,
      (n) => `${100_000 + n * 219}","type":"${word(n)}.${word(7 * n + Math.floor(n / nouns))}","source":"`,
    ),
    ends: pieces(200 * sources.length, (n) => `${sourceOf(n)}","durationMs":${1 + n * 5}}`),
  }
}

function pieces(count: number, make: (n: number) => string): readonly string[] {
  return flat(Array.from({ length: count }, (_, n) => make(n)))
}

function sourceOf(number: number): string {
  return at(sources, number % sources.length)
}

const makers: Readonly<Record<string, Maker>> = {
  small: makeSmall,
  metadata: (key, index) => {
    const { addresses, firstTags, lastTags, ends } = (metadataPieces ??= makeMetadataPieces())
    const h = hash32(key, index)
    const text =
      (addresses[(h >>> 8) % addresses.length] ?? '') +
      (firstTags[(h >>> 4) % firstTags.length] ?? '') +
      (lastTags[(h >>> 16) % lastTags.length] ?? '') +
      (ends[h % ends.length] ?? '')
    return (h & 7) === 0 ? `${text},"referrer":"https://example.com/${word(h >>> 3)}"}` : `${text}}`
  },
  settings: (key, index) => {
    const h = hash32(key, index)
    return `{"theme":"${themes[h % 3] ?? 'light'}","language":"${pick(languages, key, index)}","itemsPerPage":${10 * (1 + ((h >>> 8) % 5))},"notifications":{"push":${(h & 16) > 0},"email":${(h & 8) > 0}}}`
  },
  event: (key, index) => {
    const { paths, types, ends } = (eventPieces ??= makeEventPieces())
    const h = hash32(key, index)
    const other = nextHash(h)
    return (
      (paths[h % paths.length] ?? '') + (types[h >>> 20] ?? '') + (ends[(other >>> 8) % ends.length] ?? '')
    )
  },
  address: (key, index) => {
    const h = hash32(key, index)
    return `{"street":"${1 + (h % 199)} Main Street","country":"US","location":{"lat":${(((h >>> 4) % 160_000) - 80_000) / 1000},"lng":${(((h >>> 6) % 360_000) - 180_000) / 1000}},"postalCode":"${10_000 + ((h >>> 8) % 90_000)}"}`
  },
  list: (key, index) => {
    const h = hash32(key, index)
    return `["${word(h)}","${word(h >>> 9)}","${word(h >>> 18)}"]`
  },
}

function word(number: number): string {
  const nouns = poolOf('nouns')
  return nouns[number % nouns.length] ?? 'word'
}
