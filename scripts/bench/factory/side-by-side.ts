import { median } from '../figures.ts'
import type { SectionReport } from '../section.ts'
import { spread } from '../statistics.ts'

/** One side of a comparison: what it is, and its rows a second in each round. */
export interface Side {
  readonly name: string
  readonly rates: readonly number[]
}

/** The report of a race in rounds: the middle of the rounds' ratios must reach `goalTimes`. */
export function sideBySide(
  own: Side,
  peer: Side,
  { goal, goalTimes }: { readonly goal: string; readonly goalTimes: number },
): SectionReport {
  const ratios = own.rates.map((rate, at) => rate / (peer.rates[at] ?? Number.NaN))
  const row = ({ name, rates }: Side) => [name, spread(rates.map((rate) => rate / 1000))]
  return {
    columns: ['', 'thousand rows/s'],
    rows: [row(own), row(peer)],
    goals: [
      {
        name: goal,
        measured: `${spread(ratios)} ×`,
        goal: `≥ ${goalTimes.toFixed(1)} ×`,
        met: (median(ratios) ?? 0) >= goalTimes,
        note: '',
      },
    ],
  }
}
