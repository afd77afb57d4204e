import * as l10n from '@vscode/l10n'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import type { Chart } from './chart.ts'
import { singleSeriesChart } from './curve.ts'

/** The server's processor use against load; 100% is one core. */
export const serverCpu = {
  id: 'server-cpu',
  place: 'evidence',
  build(state: PanelSnapshot) {
    const frame = { id: 'server-cpu', title: l10n.t('Server CPU'), unit: 'cores' } as const
    return singleSeriesChart(
      state,
      frame,
      { label: l10n.t('CPU'), colour: 'yellow' },
      (point) => point.server.cpu,
    )
  },
} as const satisfies Chart
