import * as l10n from '@vscode/l10n'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import type { Chart } from './chart.ts'
import { singleSeriesChart } from './curve.ts'

/** Database queries per request against load, as the traces of the target counted them. */
export const queries = {
  id: 'queries',
  place: 'evidence',
  build(state: PanelSnapshot) {
    const frame = { id: 'queries', title: l10n.t('Queries per request'), unit: 'queries' } as const
    return singleSeriesChart(
      state,
      frame,
      { label: l10n.t('queries'), colour: 'blue' },
      (point) => point.server.queriesPerRequest,
    )
  },
} as const satisfies Chart
