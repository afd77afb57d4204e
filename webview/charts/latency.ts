import * as l10n from '@vscode/l10n'
import { type LatencyMetric, latencyMetrics, type Threshold } from '../../src/model/budget.ts'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import { headlineMetric } from '../../src/report/content/summary.ts'
import type { Chart, ChartColour, MarkerShape, Series } from './chart.ts'
import { breakMarkers, curveOf, isMeasured, valuesOver } from './curve.ts'

const looks: Readonly<Record<LatencyMetric, { readonly colour: ChartColour; readonly shape: MarkerShape }>> =
  {
    p50: { colour: 'blue', shape: 'circle' },
    p90: { colour: 'green', shape: 'diamond' },
    p95: { colour: 'orange', shape: 'square' },
    p99: { colour: 'purple', shape: 'triangle' },
    p999: { colour: 'yellow', shape: 'diamond' },
    max: { colour: 'foreground', shape: 'cross' },
  }

function isLatency(threshold: Threshold): threshold is Threshold & { readonly metric: LatencyMetric } {
  return threshold.metric !== 'errors' && threshold.metric !== 'rps'
}

function exceeds(value: number | null | undefined, thresholds: readonly Threshold[]): boolean {
  return typeof value === 'number' && thresholds.some((threshold) => value >= threshold.limit)
}

/** Latency against load: p50, p95, p99 and whatever else the budget names, its limits, where it breaks, and the run before dashed. */
export const latency = {
  id: 'latency',
  place: 'hero',
  build(state: PanelSnapshot) {
    const curve = curveOf(state)
    if (curve.loads.length === 0 || curve.loadUnit === 'rows') return null
    const budget = (state.plan?.budget ?? []).filter(isLatency)
    const headline = headlineMetric(state.plan)
    const shown = latencyMetrics.filter(
      (metric) =>
        ['p50', 'p95', 'p99'].includes(metric) || budget.some((threshold) => threshold.metric === metric),
    )
    const series = shown.map((metric): Series => {
      const values = valuesOver(curve.loads, curve.points, (point) => point.latencyMicros[metric])
      const thresholds = budget.filter((threshold) => threshold.metric === metric)
      return {
        id: metric,
        label: metric,
        ...looks[metric],
        dashed: false,
        emphasised: metric === headline,
        values,
        breached: values.map((value) => exceeds(value, thresholds)),
      }
    })
    const past = (point: (typeof curve.before)[number]): number | null => point.latencyMicros[headline]
    if (isMeasured(curve.before, past)) {
      series.push({
        id: `${headline}-before`,
        label: l10n.t('{0} before', headline),
        colour: looks[headline].colour,
        shape: 'none',
        dashed: true,
        emphasised: false,
        values: valuesOver(curve.loads, curve.before, past),
        breached: curve.loads.map(() => false),
      })
    }
    const isKnown = series.some(({ values }) => values.some((value) => typeof value === 'number'))
    if (!isKnown && state.status === 'finished') return null
    return {
      id: 'latency',
      title: l10n.t('Latency {0}', curve.over),
      unit: 'micros',
      loads: curve.loads,
      loadUnit: curve.loadUnit,
      range: curve.range,
      series,
      limits: budget.map((threshold) => ({
        value: threshold.limit,
        label: l10n.t('budget {0}', threshold.text),
      })),
      markers: breakMarkers(state),
      liveIndex: curve.liveIndex,
    }
  },
} as const satisfies Chart
