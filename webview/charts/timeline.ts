import * as l10n from '@vscode/l10n'
import { loadText } from '../../src/model/load-level.ts'
import { thinTicks, withoutSlivers } from '../../src/report/content/ticks.ts'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import { failedRequests, type Tick } from '../../src/model/run.ts'
import type { ChartModel, LoadMarker, Series } from './chart.ts'

/** More points than a wide chart has places for. */
const mostPoints = 300

function startOf(tick: Tick): number {
  return Math.max(0, tick.atMillis - tick.intervalMillis) / 1000
}

/** Where each step began, with its load. */
function stepMarkers(ticks: readonly Tick[], { steps }: PanelSnapshot): LoadMarker[] {
  const firsts = ticks.filter((tick, index) => tick.step !== ticks[index - 1]?.step)
  return firsts.map((tick) => ({
    load: startOf(tick),
    label: loadText(steps[tick.step] ?? tick),
    kind: 'step',
  }))
}

/** What a line of the timeline shows of a tick. */
export interface TimeLine extends Pick<
  Series,
  'id' | 'label' | 'colour' | 'shape' | 'dashed' | 'emphasised'
> {
  readonly value: (tick: Tick) => number | null
}

/** Answers and failures a second in a tick. */
export function rateOf(tick: Tick, kind: 'good' | 'failed'): number | null {
  if (tick.intervalMillis <= 0) return null
  const failed = failedRequests(tick.errors)
  const count = kind === 'failed' ? failed : tick.requests - failed - tick.errors.cancelled
  return (count * 1000) / tick.intervalMillis
}

/** A chart of the ticks over time with the steps marked; null before the first tick. */
export function timeChart(
  state: PanelSnapshot,
  frame: Pick<ChartModel, 'id' | 'title' | 'unit' | 'limits'>,
  lines: readonly TimeLine[],
): ChartModel | null {
  const ticks = thinTicks(withoutSlivers(state.ticks), mostPoints)
  const last = ticks.at(-1)
  if (last === undefined) return null
  const loads = [...new Set(ticks.map((tick) => tick.atMillis / 1000))].toSorted((one, other) => one - other)
  const at = new Map(ticks.map((tick) => [tick.atMillis / 1000, tick]))
  const valueAt = (load: number, value: TimeLine['value']): number | null => {
    const tick = at.get(load)
    return tick === undefined ? null : value(tick)
  }
  const [first = last] = ticks
  return {
    ...frame,
    loads,
    loadUnit: 'seconds',
    loadName: l10n.t('seconds since the start'),
    range: [Math.min(startOf(first), loads[0] ?? 0), loads.at(-1) ?? 1],
    series: lines.map(({ value, ...line }) => ({
      ...line,
      values: loads.map((load) => valueAt(load, value)),
      breached: loads.map(() => false),
    })),
    markers: stepMarkers(ticks, state),
    liveIndex: null,
  }
}
