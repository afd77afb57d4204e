import * as l10n from '@vscode/l10n'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import type { Chart } from './chart.ts'
import { singleSeriesChart } from './curve.ts'

/** How long the server's event loop kept work waiting, against load. */
export const eventLoopDelay = {
  id: 'event-loop-delay',
  place: 'evidence',
  build(state: PanelSnapshot) {
    const frame = { id: 'event-loop-delay', title: l10n.t('Event-loop delay'), unit: 'micros' } as const
    return singleSeriesChart(
      state,
      frame,
      { label: l10n.t('delay'), colour: 'orange' },
      (point) => point.server.eventLoopDelayMicros,
    )
  },
} as const satisfies Chart
