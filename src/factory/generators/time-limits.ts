import type { Column } from '../../model/schema.ts'
import type { GeneratorOptions } from './generator.ts'

/** The options `low` and `high`, in milliseconds since 1970: what a column's type, CHECKs and partitions allow of times. */
export function timeLimits({ range }: Column): GeneratorOptions {
  return {
    ...(range?.min === undefined ? {} : { low: range.min }),
    ...(range?.max === undefined ? {} : { high: range.max }),
  }
}

/**
 * Moves times that lie between `first` and `last` to where the options allow them, in the same order: as they are where
 * they fit, else all by the same time, else closer together. With `clamped` only those outside are moved, to the nearest
 * time that is allowed.
 */
export function withinLimits(
  options: GeneratorOptions,
  { first, last, clamped }: { readonly first: number; readonly last: number; readonly clamped: boolean },
): (millis: number) => number {
  const low = typeof options.low === 'number' ? options.low : -Infinity
  const high = typeof options.high === 'number' ? options.high : Infinity
  if (low <= first && high >= last) return (millis) => millis
  if (clamped) return (millis) => Math.min(high, Math.max(low, millis))
  const span = last - first
  if (high - low < span) return (millis) => low + Math.floor(((millis - first) / span) * (high - low))
  const shift = Math.max(low, Math.min(first, high - span)) - first
  return (millis) => millis + shift
}
