import * as l10n from '@vscode/l10n'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import type { Chart } from './chart.ts'
import { singleSeriesChart } from './curve.ts'

/** The server's resident memory against load. */
export const serverMemory = {
  id: 'server-memory',
  place: 'evidence',
  build(state: PanelSnapshot) {
    const frame = { id: 'server-memory', title: l10n.t('Server memory'), unit: 'bytes' } as const
    return singleSeriesChart(
      state,
      frame,
      { label: l10n.t('RSS'), colour: 'purple' },
      (point) => point.server.rssBytes,
    )
  },
} as const satisfies Chart
