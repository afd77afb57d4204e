import type { LoadLevel } from '../../src/model/load-level.ts'
import type { PanelSnapshot } from '../../src/model/panel.ts'

export type ChartColour = 'blue' | 'orange' | 'purple' | 'green' | 'yellow' | 'red' | 'foreground'
export type MarkerShape = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'none'
/**
 * What the x axis counts. `part`: one load is held all the time, so that it counts the load's parts, from 1. `seconds`: since the
 * run began. `odds`: 1/(1−p) of a percentile p, so that p90, p99 and p99.9 are equally far apart on a logarithmic axis.
 */
export type AxisUnit = LoadLevel['unit'] | 'part' | 'seconds' | 'odds'
export type ChartUnit = 'micros' | 'per-second' | 'cores' | 'bytes' | 'queries'

/** One value of a series: null was not measured (a gap), undefined means the series has no point at that load. */
export type Point = number | null | undefined

/** A line over the load steps. Colour is never the only difference: shape and dash tell lines apart too. */
export interface Series {
  readonly id: string
  readonly label: string
  readonly colour: ChartColour
  readonly shape: MarkerShape
  readonly dashed: boolean
  /** Drawn thicker: the line the budget is about. */
  readonly emphasised: boolean
  /** One for each entry of {@link ChartModel.loads}. */
  readonly values: readonly Point[]
  /** Where true, that value breaks the budget. */
  readonly breached: readonly boolean[]
  /** No line joins its points: a curve of the same id runs through them. */
  readonly pointsOnly?: boolean
}

/** A curve that was fitted to the series of the same id, over the whole range. */
export interface FittedCurve {
  readonly id: string
  readonly label: string
  readonly colour: ChartColour
  /** Ascending by x. */
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** A horizontal line in the chart's unit. */
export interface LimitLine {
  readonly value: number
  readonly label: string
}

/** A vertical line at a load; `step` is where a step begins on an axis of time. */
export interface LoadMarker {
  readonly load: number
  readonly label: string
  readonly kind: 'breaks' | 'before' | 'step'
}

/** A chart as plain data, over the load; whoever draws it decides nothing about what it says. */
export interface ChartModel {
  readonly id: string
  readonly title: string
  readonly unit: ChartUnit
  /** Ascending, without repeats: the x axis. */
  readonly loads: readonly number[]
  readonly loadUnit: AxisUnit
  /** What the x axis counts, where its unit doesn't say it all. */
  readonly loadName?: string
  /** From the least to the most load to show; wider than the points while a run still goes on. */
  readonly range: readonly [min: number, max: number]
  readonly series: readonly Series[]
  readonly curves?: readonly FittedCurve[]
  /** Whether the y axis grows by factors, as the x axis does. */
  readonly isLogarithmic?: boolean
  readonly limits: readonly LimitLine[]
  readonly markers: readonly LoadMarker[]
  /** Index into `loads` of the step that is being measured now, whose values are its latest tick's; null when none is. */
  readonly liveIndex: number | null
}

/** Charts of one group have the same x axis: they share the cursor and the zoom. */
export type AxisGroup = 'load' | 'time' | 'percentile'

/** The group that an axis belongs to. */
export function groupOf(unit: AxisUnit): AxisGroup {
  if (unit === 'seconds') return 'time'
  return unit === 'odds' ? 'percentile' : 'load'
}

/** Whether an axis grows by factors: loads and odds do, time and parts go on evenly. */
export function growsByFactors(unit: AxisUnit): boolean {
  return unit !== 'part' && unit !== 'seconds'
}

/** One chart. `build` is pure and gives null where nothing was measured that it could show. */
export interface Chart {
  readonly id: string
  /** What the charts share that belong together; `time` and `percentiles` are folded away. */
  readonly place: 'hero' | 'beneath' | 'evidence' | 'time' | 'percentiles'
  build(state: PanelSnapshot): ChartModel | null
}
