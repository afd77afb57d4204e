/**
 * Numbers as people read them, the same in the terminal, the panel and every report. Each function takes null for
 * "not measured" and says so; none of them rounds a nonzero value to zero.
 */

import * as l10n from '@vscode/l10n'

const notMeasured = (): string => l10n.t('not measured')

/** A whole number with its thousands apart. By hand: loading `Intl` takes 10 ms, and this file is loaded at activation. */
function grouped(value: number): string {
  return value.toFixed(0).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** Two significant digits below ten, whole above: `0.42`, `4.1`, `180`, `1,234`. */
function compact(value: number): string {
  const size = Math.abs(value)
  if (size >= 9.95) return grouped(value)
  if (size === 0) return '0'
  const digits = size >= 0.995 ? 1 : 2
  return String(Number(size < 0.01 ? value.toPrecision(2) : value.toFixed(digits)))
}

/** Microseconds to text: `850 µs`, `4.1 ms`, `180 ms`, `4.1 s`, `75 s`. */
export function formatMicros(micros: number | null): string {
  if (micros === null) return notMeasured()
  const size = Math.abs(micros)
  if (size < 999.5) return `${compact(micros)} µs`
  if (size < 999_500) return `${compact(micros / 1000)} ms`
  return `${compact(micros / 1_000_000)} s`
}

/** Requests a second to text: `2.4 requests/s`, `1,234 requests/s`. */
export function formatRate(perSecond: number | null): string {
  return perSecond === null ? notMeasured() : l10n.t('{0} requests/s', compact(perSecond))
}

/** A rate without its unit, where that stands elsewhere: `2.4`, `1,234`. */
export function formatRateFigure(perSecond: number | null): string {
  return perSecond === null ? notMeasured() : compact(perSecond)
}

/** How much of a rate was had: `3,200 of 5,000 requests/s`. */
export function formatShareOfRate(part: number, whole: number): string {
  return l10n.t('{0} of {1} requests/s', compact(part), compact(whole))
}

/** Bytes to text in powers of 1,000: `512 B`, `4.1 kB`, `18 MB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return notMeasured()
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${compact(value)} ${units[unit]}`
}

/** A whole number with thousands separators: `1,234`. */
export function formatCount(count: number | null): string {
  return count === null ? notMeasured() : grouped(count)
}

/** A fraction 0..1 to text: `0.1%`, `4.1%`, `92%`; a share just below the whole is never written `100%`. */
export function formatPercent(fraction: number | null): string {
  if (fraction === null) return notMeasured()
  const percent = fraction * 100
  if (percent > 99 && percent < 100) return `${Math.min(99.9, Number(percent.toFixed(1)))}%`
  return `${compact(percent)}%`
}
