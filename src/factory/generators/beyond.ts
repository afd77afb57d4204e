import * as l10n from '@vscode/l10n'
import { hashFraction, hashKey } from '../hash.ts'
import type { SqlValue } from '../sql-value.ts'
import { clockText } from './calendar.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions } from './generator.ts'
import { textOption, textsOption } from './options.ts'

const dayMillis = 86_400_000
const mostDaysLater = 60
/** Numbers grow by up to their own size, small ones by up to this much. */
const leastSpan = 10

/**
 * More than other columns of the row hold (`ends_at` after `starts_at`), or as much where `orEqual`; with `downwards` less.
 * NULL where all of them are.
 */
export const beyond: Generator = {
  id: 'beyond',
  get description() {
    return l10n.t('more, or later, than other columns of the row')
  },
  example: {
    column: exampleColumn('max_quantity', 'integer', 'INTEGER'),
    unique: false,
    options: { columns: ['min_quantity'], kind: 'integer', orEqual: false, downwards: false },
  },
  suggest: () => null,
  compile: (options, context) => {
    const others = textsOption(options, 'columns').map((name) => context.seededValue(context.table, name))
    const downwards = options.downwards === true
    const key = hashKey(context.seed, context.table, context.column)
    const shifted = shiftOf(options)
    return (index) => {
      const values = others.map((valueOf) => valueOf(index)).filter((value) => value !== null)
      const [first, ...rest] = values
      if (first === undefined) return null
      const furthest = rest.reduce<SqlValue>(
        (best, value) => (isLess(best, value) === downwards ? best : value),
        first,
      )
      return shifted(furthest, hashFraction(key, index))
    }
  },
}

function isLess(a: SqlValue, b: SqlValue): boolean {
  if (typeof a === 'string' && typeof b === 'string' && Number.isNaN(Number(a))) return a < b
  return Number(a) < Number(b)
}

type Shift = (value: SqlValue, fraction: number) => SqlValue

function shiftOf(options: GeneratorOptions): Shift {
  const sign = options.downwards === true ? -1 : 1
  const least = options.orEqual === true ? 0 : 1
  const kind = textOption(options, 'kind')
  if (kind === 'clock') return (value, fraction) => shiftClock(String(value), sign, least, fraction)
  if (kind === 'day' || kind === 'sql' || kind === 'iso') return shiftText(kind, sign, least)
  if (kind === 'epoch-millis') return (value, fraction) => Number(value) + sign * laterMillis(least, fraction)
  if (kind === 'epoch-seconds') {
    return (value, fraction) => Number(value) + sign * Math.floor(laterMillis(least, fraction) / 1000)
  }
  const scale = kind === 'integer' ? 0 : typeof options.scale === 'number' ? options.scale : 2
  return shiftNumber(kind, scale, sign, least, bound(options.min, -Infinity), bound(options.max, Infinity))
}

/** At least `least` days later, whole ones, since a column of days shows nothing smaller. */
function laterMillis(least: number, fraction: number): number {
  return (least + Math.floor(fraction * mostDaysLater)) * dayMillis
}

/** Within the day, up to four hours away. */
function shiftClock(text: string, sign: number, least: number, fraction: number): SqlValue {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number)
  const second = hours * 3600 + minutes * 60 + seconds
  const room = Math.max(0, Math.min(14_400, sign < 0 ? second : 86_399 - second) - least)
  return clockText(second + sign * (least + Math.floor(fraction * room)))
}

function shiftText(kind: 'day' | 'sql' | 'iso', sign: number, least: number): Shift {
  return (value, fraction) => {
    const text = String(value)
    const millis = Date.parse(kind === 'sql' ? `${text.replace(' ', 'T')}Z` : text)
    const moved = new Date(millis + sign * laterMillis(least, fraction)).toISOString()
    if (kind === 'day') return moved.slice(0, 10)
    return kind === 'iso' ? moved : moved.slice(0, 19).replace('T', ' ')
  }
}

function shiftNumber(
  kind: string,
  scale: number,
  sign: number,
  least: number,
  min: number,
  max: number,
): Shift {
  const unit = 10 ** scale
  return (value, fraction) => {
    const units = Math.round(Number(value) * unit)
    const span = Math.max(leastSpan, sign < 0 ? Math.abs(units) / 2 : Math.abs(units))
    const room = sign < 0 ? units - Math.ceil(min * unit) : Math.floor(max * unit) - units
    const step = Math.max(least, Math.min(room, least + Math.floor(fraction * span)))
    const moved = (units + sign * step) / unit
    return kind === 'decimal' ? moved.toFixed(scale) : moved
  }
}

function bound(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}
