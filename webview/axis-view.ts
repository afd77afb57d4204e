import type { AxisGroup } from './charts/chart.ts'

export type Range = readonly [min: number, max: number]

/** The stretch of an x axis that all charts of a group show; null is all of it. */
export interface AxisView {
  readonly group: AxisGroup
  readonly range: Range | null
  readonly show: (range: Range | null) => void
  readonly onChange: (listener: () => void) => void
}

/** A view of the whole axis, to begin with. */
export function axisView(group: AxisGroup): AxisView {
  const listeners: (() => void)[] = []
  let range: Range | null = null
  return {
    group,
    get range() {
      return range
    },
    show(next) {
      range = next
      for (const listener of listeners) listener()
    },
    onChange: (listener) => listeners.push(listener),
  }
}

/**
 * A range that is `factor` times as wide around a place of it, on an axis that grows by factors or evenly; null where that
 * is as much as there is.
 */
export function zoomed(
  whole: Range,
  shown: Range,
  around: number,
  factor: number,
  byFactors: boolean,
): Range | null {
  const to = byFactors ? Math.log : (value: number): number => value
  const back = byFactors ? Math.exp : (value: number): number => value
  const [low, high, middle] = [to(shown[0]), to(shown[1]), to(around)]
  const half = ((high - low) * factor) / 2
  const [least, most] = [to(whole[0]), to(whole[1])]
  if (2 * half >= most - least) return null
  const min = Math.min(Math.max(least, middle - half), most - 2 * half)
  return [back(min), back(min + 2 * half)]
}
