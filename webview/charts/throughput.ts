import * as l10n from '@vscode/l10n'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import type { Chart, Series } from './chart.ts'
import { breakMarkers, type CurvePoint, curveOf, isMeasured, valuesOver } from './curve.ts'

const achieved = (point: CurvePoint): number => point.achievedRate
const offered = (point: CurvePoint): number | null => point.offeredRate
const failed = (point: CurvePoint): number => point.failedRate

/** Requests answered a second against load; beside it what was offered (open model), what failed, and the run before. */
export const throughput = {
  id: 'throughput',
  place: 'beneath',
  build(state: PanelSnapshot) {
    const curve = curveOf(state)
    if (curve.loads.length === 0) return null
    const line = (points: readonly CurvePoint[], value: (point: CurvePoint) => number | null) => ({
      values: valuesOver(curve.loads, points, value),
      breached: curve.loads.map(() => false),
    })
    const series: Series[] = [
      {
        id: 'achieved',
        label: l10n.t('achieved'),
        colour: 'green',
        shape: 'circle',
        dashed: false,
        emphasised: true,
        ...line(curve.points, achieved),
      },
    ]
    if (isMeasured(curve.points, offered)) {
      series.push({
        id: 'offered',
        label: l10n.t('offered'),
        colour: 'foreground',
        shape: 'none',
        dashed: true,
        emphasised: false,
        ...line(curve.points, offered),
      })
    }
    if (curve.points.some((point) => point.failedRate > 0)) {
      series.push({
        id: 'failed',
        label: l10n.t('failed'),
        colour: 'red',
        shape: 'cross',
        dashed: true,
        emphasised: false,
        ...line(curve.points, failed),
      })
    }
    if (curve.before.length > 0) {
      series.push({
        id: 'achieved-before',
        label: l10n.t('before'),
        colour: 'green',
        shape: 'none',
        dashed: true,
        emphasised: false,
        ...line(curve.before, achieved),
      })
    }
    return {
      id: 'throughput',
      title: l10n.t('Requests a second {0}', curve.over),
      unit: 'per-second',
      loads: curve.loads,
      loadUnit: curve.loadUnit,
      range: curve.range,
      series,
      limits: [],
      markers: breakMarkers(state),
      liveIndex: curve.liveIndex,
    }
  },
} as const satisfies Chart
