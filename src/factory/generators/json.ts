import { hash32, hashBelow, hashKey, pick } from '../hash.ts'
import type { HashKey } from '../hash.ts'
import { dayText } from './calendar.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { poolOf } from './pools.ts'
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

/** JSON objects as applications keep them: metadata, settings, events, addresses, by the column's name. */
export const json: Generator = {
  id: 'json',
  description: 'JSON objects',
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
      reason: isNamed ? 'named like JSON' : `its type: ${column.declaredType}`,
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

let pieces: ReturnType<typeof makePieces> | undefined

/** The parts of metadata, joined beforehand. */
function makePieces() {
  const nouns = poolOf('nouns')
  return {
    heads: sources.flatMap((source) =>
      Array.from({ length: 9 }, (_, n) => `{"source":"${source}","version":${n + 1},"ip":"192.0.2.`),
    ),
    addresses: Array.from({ length: 254 }, (_, n) => `${n + 1}","tags":["`),
    firstTags: nouns.map((noun) => `${noun}","`),
    lastTags: nouns.map((noun) => `${noun}"]`),
  }
}

const makers: Readonly<Record<string, Maker>> = {
  small: makeSmall,
  metadata: (key, index) => {
    const { heads, addresses, firstTags, lastTags } = (pieces ??= makePieces())
    const h = hash32(key, index)
    const text =
      (heads[h % heads.length] ?? '') +
      (addresses[(h >>> 8) % addresses.length] ?? '') +
      (firstTags[(h >>> 4) % firstTags.length] ?? '') +
      (lastTags[(h >>> 16) % lastTags.length] ?? '')
    return (h & 7) === 0 ? `${text},"referrer":"https://example.com/${word(h >>> 3)}"}` : `${text}}`
  },
  settings: (key, index) => {
    const h = hash32(key, index)
    return `{"theme":"${themes[h % 3] ?? 'light'}","language":"${pick(languages, key, index)}","notifications":{"email":${(h & 8) > 0},"push":${(h & 16) > 0}},"itemsPerPage":${10 * (1 + ((h >>> 8) % 5))}}`
  },
  event: (key, index) => {
    const h = hash32(key, index)
    return `{"type":"${word(h)}.${word(h >>> 8)}","id":${hashBelow(key, index, 1_000_000)},"attempt":${1 + ((h >>> 16) % 3)},"durationMs":${(h >>> 10) % 5000},"ok":${(h & 31) > 0},"day":"${dayText(19_723 + ((h >>> 3) % 700))}"}`
  },
  address: (key, index) => {
    const h = hash32(key, index)
    return `{"street":"${1 + (h % 199)} Main Street","postalCode":"${10_000 + ((h >>> 8) % 90_000)}","country":"US","location":{"lat":${(((h >>> 4) % 160_000) - 80_000) / 1000},"lng":${(((h >>> 6) % 360_000) - 180_000) / 1000}}}`
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
