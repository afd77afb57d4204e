import * as l10n from '@vscode/l10n'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import type { Chart } from './chart.ts'
import { rateOf, type TimeLine, timeChart } from './timeline.ts'

/** Good answers a second over time and, apart from them, what failed; where either breaks off tells when. */
export const rateOverTime = {
  id: 'rate-over-time',
  place: 'time',
  build(state: PanelSnapshot) {
    const good: TimeLine = {
      id: 'good',
      label: l10n.t('good answers'),
      colour: 'green',
      shape: 'none',
      dashed: false,
      emphasised: true,
      value: (tick) => rateOf(tick, 'good'),
    }
    const failed: TimeLine = {
      id: 'failed',
      label: l10n.t('failed'),
      colour: 'red',
      shape: 'none',
      dashed: true,
      emphasised: false,
      value: (tick) => rateOf(tick, 'failed'),
    }
    const fails = state.ticks.some((tick) => (failed.value(tick) ?? 0) > 0)
    const frame = {
      id: 'rate-over-time',
      title: l10n.t('Requests a second over time'),
      unit: 'per-second',
      limits: [],
    } as const
    return timeChart(state, frame, fails ? [good, failed] : [good])
  },
} as const satisfies Chart
