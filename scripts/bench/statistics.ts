import { median, round } from './figures.ts'

/** The value at a percentile 0..100 of values in ascending order, by the nearest rank, as HdrHistogram counts. */
export function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.ceil((percent / 100) * sorted.length)
  return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)] ?? Number.NaN
}

/** The middle of some rounds with the least and the most: `1.52 (1.41–1.60)`; `–` where there are none. */
export function spread(values: readonly number[], shown: (value: number) => string = round): string {
  const middle = median(values)
  if (middle === null) return '–'
  return `${shown(middle)} (${shown(Math.min(...values))}–${shown(Math.max(...values))})`
}

/** The slope of the least-squares line through points, in y for each x. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const meanX = mean(points.map(([x]) => x))
  const meanY = mean(points.map(([, y]) => y))
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return variance === 0 ? 0 : covariance / variance
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
