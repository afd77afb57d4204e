import * as l10n from '@vscode/l10n'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import type { Tick } from '../../src/model/run.ts'
import type { Chart } from './chart.ts'
import { type TimeLine, timeChart } from './timeline.ts'

function line(metric: 'p50' | 'p95' | 'max', label: string): TimeLine {
  const isTail = metric !== 'p50'
  return {
    id: metric,
    label,
    colour: isTail ? 'orange' : 'blue',
    shape: 'none',
    dashed: false,
    emphasised: isTail,
    value: ({ latencyMicros }) => latencyMicros[metric],
  }
}

/** A slow endpoint answers too seldom for a p95 in each interval; then its slowest answers tell. */
function slow(ticks: readonly Tick[]): TimeLine {
  const known = ticks.filter(({ latencyMicros }) => latencyMicros.p95 !== null).length
  return known * 2 < ticks.length ? line('max', l10n.t('slowest')) : line('p95', 'p95')
}

/** p50 and p95 of good answers over time, interval by interval, with the steps marked. */
export const latencyOverTime = {
  id: 'latency-over-time',
  place: 'time',
  build(state: PanelSnapshot) {
    const limits = (state.plan?.budget ?? []).flatMap(({ metric, limit, text }) =>
      metric === 'p95' ? [{ value: limit, label: l10n.t('budget {0}', text) }] : [],
    )
    const frame = { id: 'latency-over-time', title: l10n.t('Latency over time'), unit: 'micros' } as const
    return timeChart(state, { ...frame, limits }, [line('p50', 'p50'), slow(state.ticks)])
  },
} as const satisfies Chart
