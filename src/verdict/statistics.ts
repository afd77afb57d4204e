/** Mean of the values; NaN without any. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Unbiased variance; 0 for fewer than two values. */
export function variance(values: readonly number[]): number {
  if (values.length < 2) return 0
  const centre = mean(values)
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
}

/**
 * How much values in a row resemble their neighbours, over several series that vary in the same way: lag-1
 * autocorrelation, each series about its own mean, corrected for the bias that a short series has towards -1/n (Marriott
 * and Pope, Biometrika 41, 1954). 0 where there is nothing to tell it from; never below 0, so that it can only widen an
 * interval. Values that vary by less than `leastSpread`, a standard deviation, resemble each other in nothing that matters:
 * it counts as one more variation, which ties none to its neighbour.
 */
export function autocorrelation(series: readonly (readonly number[])[], leastSpread: number): number {
  let products = 0
  let squares = 0
  for (const values of series) {
    const centre = mean(values)
    for (const [index, value] of values.entries()) {
      squares += (value - centre) ** 2 + leastSpread ** 2
      const next = values[index + 1]
      if (next !== undefined) products += (value - centre) * (next - centre)
    }
  }
  const length = mean(series.map((values) => values.length))
  if (squares === 0 || !(length > 4)) return 0
  const raw = products / squares
  return Math.min(0.9, Math.max(0, (raw + 1 / length) / (1 - 4 / length)))
}

/** By how much a mean of `count` values, tied to their neighbours, varies more than one of independent values. */
function inflationOf(count: number, tied: number): number {
  let sum = 1
  for (let lag = 1; lag < count; lag += 1) sum += 2 * (1 - lag / count) * tied ** lag
  return sum
}

/** What Student's t exceeds with a probability: a normal's quantile, and the exact values for 2 and 3 degrees of freedom. */
const tails = {
  0.01: { normal: 2.326_348, two: 6.965, three: 4.541 },
  0.0025: { normal: 2.807_034, two: 14.089, three: 7.453 },
} as const

/**
 * The value that Student's t exceeds with the probability `tail` (on one side), by the expansion in Abramowitz and Stegun,
 * 26.7.5, which is right to 3 % from 4 degrees of freedom on. Infinite below 2, where nothing can be told.
 */
export function studentCritical(degrees: number, tail: keyof typeof tails): number {
  const { normal: z, two, three } = tails[tail]
  if (degrees < 2) return Infinity
  if (degrees < 3) return two
  if (degrees < 4) return three
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3
}

/** An estimate, with the square of its standard error and the degrees of freedom of that. */
export interface Estimate {
  readonly value: number
  readonly squaredError: number
  readonly degrees: number
}

/**
 * The mean of values in a row, each the mean of `perValue` measurements that are `tied` to their neighbours: so many
 * values tell less than as many independent ones would.
 */
export function meanOfTied(values: readonly number[], perValue: number, tied: number): Estimate {
  const count = values.length
  const inflation = inflationOf(count * perValue, tied) / inflationOf(perValue, tied)
  // Values that resemble each other also vary too little: their variance is (n - inflation) ÷ (n - 1) of the true one.
  const spread = (variance(values) * (count - 1)) / Math.max(1, count - inflation)
  const between = tied ** perValue
  return {
    value: mean(values),
    squaredError: (spread * inflation) / count,
    // Bartlett's number of independent values for a variance.
    degrees: Math.max(2, (count * (1 - between ** 2)) / (1 + between ** 2) - 1),
  }
}

/** One estimate minus another, with Welch's degrees of freedom. */
export function differenceOf(one: Estimate, other: Estimate): Estimate {
  return { value: one.value - other.value, ...errorOfSum([one, other], 1) }
}

/**
 * The mean of estimates of one thing under several conditions. Where they differ by more than their own errors explain,
 * the rest is a variation of its own and enters the error too (the random-effects model of DerSimonian and Laird, with
 * equal weights).
 */
export function meanOfEstimates(estimates: readonly Estimate[]): Estimate {
  const count = estimates.length
  const values = estimates.map(({ value }) => value)
  const { squaredError, degrees } = errorOfSum(estimates, count)
  const between = Math.max(0, variance(values) - squaredError * count)
  return { value: mean(values), squaredError: squaredError + between / count, degrees }
}

/** The error of a sum of independent estimates divided by `divisor`; degrees of freedom by Satterthwaite. */
function errorOfSum(estimates: readonly Estimate[], divisor: number): Omit<Estimate, 'value'> {
  const squared = estimates.reduce((sum, { squaredError }) => sum + squaredError, 0)
  const weighed = estimates.reduce((sum, { squaredError, degrees }) => sum + squaredError ** 2 / degrees, 0)
  const degrees =
    weighed === 0 ? estimates.reduce((sum, each) => sum + each.degrees, 0) : squared ** 2 / weighed
  return { squaredError: squared / divisor ** 2, degrees }
}

/** An estimate whose error has one more part, of a known size. */
export function withKnownError(estimate: Estimate, squared: number): Estimate {
  const { squaredError, degrees } = estimate
  const whole = squaredError + squared
  if (squaredError === 0) return { ...estimate, squaredError: whole }
  return { ...estimate, squaredError: whole, degrees: degrees * (whole / squaredError) ** 2 }
}

/** Whether an estimate differs from 0 in more than one of two hundred cases by chance, on both sides together. */
export function differsFromZero({ value, squaredError, degrees }: Estimate): boolean {
  return Math.abs(value) > Math.sqrt(squaredError) * studentCritical(degrees, 0.0025)
}

/** A straight line through values at 0, 1, 2 …, by least squares. */
export interface Trend {
  readonly slope: number
  /** Of the slope; 0 where the values lie on the line. */
  readonly standardError: number
  readonly degreesOfFreedom: number
}

/** The least-squares line through values in a row; null for fewer than four, whose line says nothing. */
export function trendOf(values: readonly number[]): Trend | null {
  const count = values.length
  if (count < 4) return null
  const centre = mean(values)
  const middle = (count - 1) / 2
  const spread = values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0)
  const slope = values.reduce((sum, value, index) => sum + (index - middle) * (value - centre), 0) / spread
  const residual = values.reduce(
    (sum, value, index) => sum + (value - centre - slope * (index - middle)) ** 2,
    0,
  )
  return {
    slope,
    standardError: Math.sqrt(residual / (count - 2) / spread),
    degreesOfFreedom: count - 2,
  }
}

/** Whether values rise, beyond the 1 % of cases in which values without a trend look so: a one-sided t-test of the slope. */
export function rises({ slope, standardError, degreesOfFreedom }: Trend): boolean {
  return slope > 0 && slope > standardError * studentCritical(degreesOfFreedom, 0.01)
}
