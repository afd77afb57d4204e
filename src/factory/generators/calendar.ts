import type { TimeFormat } from '../../model/schema.ts'
import type { SqlValue } from '../sql-value.ts'

export const dayMillis = 86_400_000

/** 00 … 99 */
export const twoDigits: readonly string[] = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'))
const threeDigits: readonly string[] = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'))
const minutes: readonly string[] = Array.from(
  { length: 1440 },
  (_, n) => `${twoDigits[Math.floor(n / 60)]}:${twoDigits[n % 60]}:`,
)

/** A second of the day as `12:34:56`. */
export function clockText(second: number): string {
  return `${minutes[Math.floor(second / 60)] ?? ''}${twoDigits[second % 60] ?? ''}`
}

const dayTexts = new Map<number, string>()

/** A day since 1970 as `2025-01-31`. */
export function dayText(day: number): string {
  const known = dayTexts.get(day)
  if (known !== undefined) return known
  const text = new Date(day * dayMillis).toISOString().replace(/T.*/, '')
  if (dayTexts.size < 100_000) dayTexts.set(day, text)
  return text
}

/** How a moment, in milliseconds since 1970, is stored. */
export const timeFormats: Readonly<Record<TimeFormat, (millis: number) => SqlValue>> = {
  iso: (millis) => {
    const day = Math.floor(millis / dayMillis)
    const rest = millis - day * dayMillis
    return `${dayText(day)}T${clockText(Math.floor(rest / 1000))}.${threeDigits[rest % 1000] ?? ''}Z`
  },
  sql: (millis) => {
    const day = Math.floor(millis / dayMillis)
    return `${dayText(day)} ${clockText(Math.floor((millis - day * dayMillis) / 1000))}`
  },
  day: (millis) => dayText(Math.floor(millis / dayMillis)),
  'epoch-seconds': (millis) => Math.floor(millis / 1000),
  'epoch-millis': (millis) => millis,
}

/** Whether it names a format. */
export function isTimeFormat(name: unknown): name is TimeFormat {
  return typeof name === 'string' && Object.hasOwn(timeFormats, name)
}

const dayStarts = new Map<string, number>()

/** The moment that a value of {@link timeFormats} stands for, or null for NULL and what is none. */
export function millisOf(value: SqlValue, format: TimeFormat): number | null {
  if (typeof value === 'number') return format === 'epoch-seconds' ? value * 1000 : value
  if (typeof value !== 'string') return null
  const day = value.slice(0, 10)
  let start = dayStarts.get(day)
  if (start === undefined) {
    start = Date.parse(`${day}T00:00:00Z`)
    if (dayStarts.size < 100_000) dayStarts.set(day, start)
  }
  if (Number.isNaN(start)) return null
  if (format === 'day' || value.length < 19) return start
  const seconds = digits(value, 11) * 3600 + digits(value, 14) * 60 + digits(value, 17)
  const millis =
    format === 'iso' && value.length >= 23 ? digits(value, 20) * 10 + value.charCodeAt(22) - 48 : 0
  return start + seconds * 1000 + millis
}

function digits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528
}
