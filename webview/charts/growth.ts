import * as l10n from '@vscode/l10n'
import type { LatencyMetric } from '../../src/model/budget.ts'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import { grownTo, type Growth, type GrowthClass } from '../../src/model/volume.ts'
import type { Chart, FittedCurve, Series } from './chart.ts'
import { breakMarkers, curveOf, isMeasured, valuesOver } from './curve.ts'

const shown = [
  { metric: 'p50', colour: 'blue', shape: 'circle' },
  { metric: 'p95', colour: 'orange', shape: 'square' },
] as const satisfies readonly { metric: LatencyMetric; colour: Series['colour']; shape: Series['shape'] }[]

/** So many places make a curve look round on logarithmic axes. */
const placesOfCurve = 60

/** A fit says nothing of more than so many times the rows that it was made from. */
const reach = 10

function shortName(name: GrowthClass): string {
  if (name === 'constant') return l10n.t('flat')
  if (name === 'logarithmic') return l10n.t('log')
  return name === 'linear' ? l10n.t('linear') : l10n.t('square')
}

/** A fit over the rows that the chart shows, as far as it says something; none where the growth is not clear. */
function curveFor(
  growth: Growth | undefined,
  colour: Series['colour'],
  [min, most]: readonly [number, number],
): FittedCurve[] {
  const last = growth?.points.at(-1)
  if (growth === undefined || last === undefined || growth.class === null) return []
  const max = Math.min(most, last.rows * reach)
  if (max <= min) return []
  const points = Array.from({ length: placesOfCurve + 1 }, (_, place): [number, number] => {
    const rows = min * (max / min) ** (place / placesOfCurve)
    return [rows, grownTo(growth, rows) ?? 0]
  })
  return [{ id: growth.metric, label: `${growth.metric} ${shortName(growth.class)}`, colour, points }]
}

/** Latency against the rows of the table that grows, both axes logarithmic, with the fitted growth. */
export const growth = {
  id: 'growth',
  place: 'hero',
  build(state: PanelSnapshot) {
    const curve = curveOf(state)
    if (curve.loadUnit !== 'rows' || curve.loads.length === 0) return null
    const budget = state.plan?.budget ?? []
    const curves = shown.flatMap(({ metric, colour }) => {
      const found = state.volume?.growth.find((each) => each.metric === metric)
      return curveFor(found, colour, curve.range)
    })
    const series = shown.map(({ metric, colour, shape }): Series => {
      const values = valuesOver(curve.loads, curve.points, (point) => point.latencyMicros[metric])
      const limits = budget.filter((threshold) => threshold.metric === metric)
      return {
        id: metric,
        label: metric,
        colour,
        shape,
        dashed: false,
        emphasised: metric === 'p95',
        values,
        breached: values.map(
          (value) => typeof value === 'number' && limits.some(({ limit }) => value >= limit),
        ),
        ...(curves.some(({ id }) => id === metric) ? { pointsOnly: true } : {}),
      }
    })
    if (isMeasured(curve.before, (point) => point.latencyMicros.p95)) {
      series.push({
        id: 'p95-before',
        label: l10n.t('{0} before', 'p95'),
        colour: 'orange',
        shape: 'none',
        dashed: true,
        emphasised: false,
        values: valuesOver(curve.loads, curve.before, (point) => point.latencyMicros.p95),
        breached: curve.loads.map(() => false),
      })
    }
    const table = state.plan?.volume?.table ?? state.volume?.table
    return {
      id: 'growth',
      title: l10n.t('Latency {0}', curve.over),
      unit: 'micros',
      loads: curve.loads,
      loadUnit: curve.loadUnit,
      ...(table === undefined ? {} : { loadName: l10n.t('rows of {0}, both axes logarithmic', table) }),
      range: curve.range,
      isLogarithmic: true,
      series,
      curves,
      limits: budget.flatMap(({ metric, limit, text }) =>
        metric === 'p50' || metric === 'p95' ? [{ value: limit, label: l10n.t('budget {0}', text) }] : [],
      ),
      markers: breakMarkers(state),
      liveIndex: curve.liveIndex,
    }
  },
} as const satisfies Chart
