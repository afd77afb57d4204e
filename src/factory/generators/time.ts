import * as l10n from '@vscode/l10n'
import type { Column } from '../../model/schema.ts'
import { hashFraction, hashKey } from '../hash.ts'
import { dayMillis, isTimeFormat, millisOf, timeFormats } from './calendar.ts'
import { parentChoice } from './parent-choice.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions, ValueContext } from './generator.ts'
import { objectOption, textOption } from './options.ts'
import { words } from './text.ts'
import { timeLimits, withinLimits } from './time-limits.ts'

const firstMillis = Date.UTC(2024, 0, 1)
const spanMillis = 2 * 365 * dayMillis
/** No row is later than this, unless it tells when something is due. */
const lastMillis = firstMillis + spanMillis
/** The row at which the time span is over. */
const lastRow = 2 ** 32

/** As late as 32 bits of seconds allow. */
const firstExpiry = Date.UTC(2036, 0, 1)
const firstBirth = Date.UTC(1950, 0, 1)
const birthYears = 55

/** Days from then to the end of the year 9999. */
const mostDays = 2_900_000

type Moment = 'created' | 'later' | 'birth' | 'due' | 'expiry'

/**
 * Dates and times, stored as the column's rows store them. Those of creation ascend with the row's index, from 2024 on, ever
 * faster as a business grows: the number of rows rises with the eighth power of time, so that a thousand rows span four
 * months and fifty million span fourteen. Options beside `format`, `moment` and `unique`:
 * - `after`: `{ table, column, format, generator, reference }`, so that no row is older than the parent it refers to:
 *   `generator` and `reference` are those of the referring column's plan, `table.column` is the parent's time in `format`.
 * - `since`: `{ column, format, strict }`, a column of the same row that comes first; never equal where `strict`.
 */
export const time: Generator = {
  id: 'time',
  get description() {
    return l10n.t('dates and times that ascend with the rows')
  },
  example: {
    column: { ...exampleColumn('created_at', 'datetime', 'DATETIME'), timeFormat: 'sql' },
    unique: false,
  },
  suggest: (column, { unique, table }) => {
    if (column.type !== 'datetime' && column.type !== 'date') return null
    const name = words(column.name)
    const moment = momentOf(name, words(table))
    const rare = /delet|archiv|cancel|revok|ban|suspend/.test(name)
    const format = column.timeFormat ?? (column.type === 'date' ? 'day' : 'sql')
    return {
      options: { format, moment, unique, ...timeLimits(column) },
      ...(unique ? uniqueCapacity(format, timeLimits(column)) : {}),
      reason: isOwnType(column)
        ? momentReasons[moment]()
        : l10n.t('{0}, stored as {1}', momentReasons[moment](), format),
      nullRate: rare ? 0.95 : /last_|seen|login|complet|finish|read_|publish|verif/.test(name) ? 0.2 : 0,
    }
  },
  compile: (options, context) => {
    const name = textOption(options, 'format')
    const format = timeFormats[isTimeFormat(name) ? name : 'sql']
    if (options.unique === true) {
      const step = options.format === 'day' ? dayMillis : 1000
      const first = firstUnique(options)
      return (index) => format(first + index * step)
    }
    const base = baseMillis(options, context)
    const millis = momentMillis(options, context, base)
    const within = withinLimits(options, windowOf(options))
    return (index) => format(within(Math.floor(millis(index))))
  },
}

const momentReasons: Readonly<Record<Moment, () => string>> = {
  created: () => l10n.t('a time that ascends with the rows'),
  later: () => l10n.t('a time after the creation'),
  birth: () => l10n.t('a date of birth'),
  due: () => l10n.t('a time up to a year after the creation'),
  expiry: () => l10n.t('a time far ahead, so that nobody is logged out while it is measured'),
}

/** Whether the database has a type for times, and stores them as it likes. */
function isOwnType({ timeFormat, declaredType }: Column): boolean {
  return timeFormat === 'epoch-millis' && /date|time/i.test(declaredType)
}

/** The first of times that all differ, each so long after the one before. */
function firstUnique({ low = -Infinity, high = Infinity }: GeneratorOptions): number {
  return Number(high) < lastMillis && Number.isFinite(low) ? Number(low) : Math.max(Number(low), firstMillis)
}

function uniqueCapacity(format: string, limits: GeneratorOptions): { readonly capacity?: number } {
  const step = format === 'day' ? dayMillis : 1000
  const span = Number(limits.high ?? Infinity) - firstUnique(limits)
  const capacity = Math.min(
    span < 0 ? 0 : Math.floor(span / step) + 1,
    format === 'day' ? mostDays : Infinity,
  )
  return Number.isFinite(capacity) ? { capacity } : {}
}

/** When a column's times are, where nothing limits them. */
function windowOf(options: GeneratorOptions): Parameters<typeof withinLimits>[1] {
  const clamped = objectOption(options, 'since') !== null
  if (options.moment === 'birth')
    return { first: firstBirth, last: firstBirth + birthYears * 365 * dayMillis, clamped }
  if (options.moment === 'expiry') return { first: firstExpiry, last: firstExpiry + 365 * dayMillis, clamped }
  const last = options.moment === 'due' ? lastMillis + 365 * dayMillis : lastMillis
  return { first: firstMillis, last, clamped }
}

function momentOf(name: string, table: string): Moment {
  if (/expir|valid_to|until/.test(name) && /session|token|invit|api_?key|credential/.test(table))
    return 'expiry'
  if (/birth|dob|^born/.test(name)) return 'birth'
  if (/due|expir|until|valid_to|end|required|deadline|renew/.test(name)) return 'due'
  return /updat|modif|delet|archiv|last_|seen|login|cancel|complet|finish|read_|verif|ship|deliver|return|paid|sent|resolv|clos|approv|publish|processed/.test(
    name,
  )
    ? 'later'
    : 'created'
}

/** When a row was made: as its index says, but never before the parent it refers to, or before its own earlier column. */
function baseMillis(options: GeneratorOptions, context: ValueContext): (index: number) => number {
  // All columns of a table share this stream: the row's own time.
  const key = hashKey(context.seed, context.table, 'created')
  const own = (index: number) => created(index + hashFraction(key, index))
  const since = objectOption(options, 'since')
  if (since !== null) {
    const earlier = context.seededValue(context.table, textOption(since, 'column'))
    const format = isTimeFormat(since.format) ? since.format : 'sql'
    return (index) => millisOf(earlier(index), format) ?? own(index)
  }
  const after = objectOption(options, 'after')
  if (after === null) return own
  const reference = objectOption(after, 'reference') ?? {}
  const choice = parentChoice(textOption(after, 'generator'), reference, context)
  if (choice === null) return own
  const format = isTimeFormat(after.format) ? after.format : 'sql'
  const value = context.seededValue(textOption(after, 'table'), textOption(after, 'column'))
  const parentMillis = remembered((parent) => millisOf(value(parent), format) ?? 0, choice.positions)
  const isSelf = after.table === context.table
  return (index) => {
    const parent = choice.positionOf(index) - choice.existing
    const millis = own(index)
    if (parent < 0 || (isSelf && parent >= index)) return millis
    return Math.max(millis, parentMillis(parent))
  }
}

const mostRemembered = 2 ** 20

/** A function of 0 … size − 1 that works each value out once, where that takes no more than 8 MB. */
function remembered(valueOf: (index: number) => number, size: number): (index: number) => number {
  if (size > mostRemembered) return valueOf
  const known = new Float64Array(size).fill(Number.NaN)
  return (index) => {
    const value = known[index] ?? Number.NaN
    return Number.isNaN(value) ? (known[index] = valueOf(index)) : value
  }
}

function momentMillis(
  options: GeneratorOptions,
  context: ValueContext,
  base: (index: number) => number,
): (index: number) => number {
  const key = hashKey(context.seed, context.table, context.column)
  const moment = textOption(options, 'moment')
  const since = objectOption(options, 'since')
  const unit = options.format === 'day' ? dayMillis : 1000
  const least = since?.strict === true ? unit : 0
  if (moment === 'birth')
    return (index) => firstBirth + hashFraction(key, index) * birthYears * 365 * dayMillis
  if (moment === 'expiry') return (index) => firstExpiry + hashFraction(key, index) * 365 * dayMillis
  if (moment === 'due')
    return (index) => base(index) + Math.max(least, hashFraction(key, index) * 365 * dayMillis)
  if (moment === 'created' && since === null) return base
  return (index) => {
    // Most things happen soon after: the square of a fraction of thirty days.
    const begin = base(index)
    const fraction = hashFraction(key, index)
    return (
      begin + Math.max(least, fraction * fraction * Math.max(0, Math.min(30 * dayMillis, lastMillis - begin)))
    )
  }
}

/** Ascends with the index, whatever the number of rows will be. Square roots are exact everywhere, powers are not. */
function created(index: number): number {
  return firstMillis + spanMillis * Math.sqrt(Math.sqrt(Math.sqrt(Math.min(1, index / lastRow))))
}
