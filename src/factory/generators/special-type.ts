import * as l10n from '@vscode/l10n'
import { hash32, hashBelow, hashKey, pick } from '../hash.ts'
import type { HashKey } from '../hash.ts'
import type { Column } from '../../model/schema.ts'
import { clockText, dayText } from './calendar.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { textOption } from './options.ts'
import { poolOf } from './pools.ts'
import { hexDigits } from './uuid.ts'

type Maker = (key: HashKey, index: number, size: number) => string

/** The day 2024-01-01, counted from 1970. */
const firstDay = 19_723

/** Types with a text form of their own, by how databases declare them. */
const makers: Readonly<Record<string, Maker>> = {
  interval: (key, index) => `${hashBelow(key, index, 30)} days ${clockText(hash32(key, index) % 86_400)}`,
  xml: (key, index) =>
    `<item number="${1 + hashBelow(key, index, 1000)}"><name>${pick(poolOf('nouns'), key, index)}</name></item>`,
  tsvector: (key, index) =>
    `${quoted(pick(poolOf('adjectives'), key, index))}:1 ${quoted(pick(poolOf('nouns'), key, index))}:2`,
  hstore: (key, index) =>
    `"colour"=>"${pick(poolOf('colours'), key, index)}", "size"=>"${1 + (hash32(key, index) % 9)}"`,
  ltree: (key, index) =>
    `top.${pick(poolOf('departments'), key, index).toLowerCase()}.${pick(poolOf('nouns'), key, index)}`,
  citext: (key, index) =>
    `${pick(poolOf('adjectives'), key, index)} ${poolOf('nouns')[hash32(key, index) % 100] ?? ''}`,
  geometry: (key, index, srid) =>
    `SRID=${srid};POINT(${degrees(key, index, 179)} ${degrees(key, index + 1, 80)})`,
  int4range: (key, index) => numberRange(key, index),
  int8range: (key, index) => numberRange(key, index),
  numrange: (key, index) => numberRange(key, index),
  daterange: (key, index) => {
    const day = firstDay + hashBelow(key, index, 700)
    return `[${dayText(day)},${dayText(day + 1 + (hash32(key, index) % 30))})`
  },
  tsrange: (key, index) => momentRange(key, index, ''),
  tstzrange: (key, index) => momentRange(key, index, '+00'),
  objectid: (key, index) => [0, 1, 2].map((part) => hexDigits(hash32(key, index * 3 + part))).join(''),
  bit: (key, index, size) =>
    Array.from({ length: size }, (_, n) => hash32(key, index * size + n) & 1).join(''),
  vector: (key, index, size) =>
    `[${Array.from({ length: size }, (_, n) => ((hash32(key, index * size + n) >>> 12) - 524_288) / 524_288).join(',')}]`,
}

const names: readonly (readonly [RegExp, keyof typeof makers])[] = [
  [/^interval/i, 'interval'],
  [/^(?:geometry|geography)\(point,\d+\)/i, 'geometry'],
  [/^(?:bit|bit varying|varbit)(?:\(|$)/i, 'bit'],
  [/^(?:half)?vec(?:tor)?\(/i, 'vector'],
]

/** Values of a server's own types, in their text form: intervals, documents, ranges, points, vectors. */
export const specialType: Generator = {
  id: 'special-type',
  get description() {
    return l10n.t("values of a server's own types")
  },
  example: { column: exampleColumn('duration', 'other', 'interval'), unique: false },
  suggest: (column, { unique }) => {
    if (unique || (column.type !== 'other' && !/^xml$/i.test(column.declaredType))) return null
    const declared = column.declaredType.toLowerCase()
    const kind =
      names.find(([pattern]) => pattern.test(declared))?.[1] ??
      (Object.hasOwn(makers, declared) ? declared : null)
    if (kind !== null)
      return { options: { kind, size: sizeOf(column) }, reason: l10n.t('its type: {0}', column.declaredType) }
    return null
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const maker = makers[textOption(options, 'kind')]
    if (maker === undefined)
      throw new TypeError(l10n.t('Nothing makes values of the type {0}.', String(options.kind)))
    const size = typeof options.size === 'number' ? options.size : 1
    return (index) => maker(key, index, size)
  },
}

/** The number in `bit(8)`, `vector(1536)`, `geometry(Point,4326)`. */
function sizeOf({ declaredType }: Column): number {
  return Number(/[(,](\d+)\)/.exec(declaredType)?.[1] ?? 1)
}

function quoted(word: string): string {
  return `'${word}'`
}

function degrees(key: HashKey, index: number, limit: number): number {
  return (hashBelow(key, index, 2 * limit * 10_000) - limit * 10_000) / 10_000
}

function numberRange(key: HashKey, index: number): string {
  const low = hashBelow(key, index, 1000)
  return `[${low},${low + 1 + (hash32(key, index) % 100)})`
}

function momentRange(key: HashKey, index: number, zone: string): string {
  const day = firstDay + hashBelow(key, index, 700)
  const second = hash32(key, index) % 80_000
  return `["${dayText(day)} ${clockText(second)}${zone}","${dayText(day)} ${clockText(second + 1800)}${zone}")`
}
