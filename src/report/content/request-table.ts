import * as l10n from '@vscode/l10n'
import { formatCount, formatMicros, formatPercent } from '../../model/format.ts'
import { loadOf, loadText } from '../../model/load-level.ts'
import { countedSteps } from '../../model/measure.ts'
import { failedRequests, type RequestResult, type StepResult } from '../../model/run.ts'
import type { StepRow, StepTable } from './step-table.ts'

/** The requests of a mix or a chain at the highest load, each on its own; null where a run has only one request. */
export function requestTable(
  steps: readonly StepResult[],
): { readonly title: string; readonly table: StepTable } | null {
  const step = countedSteps(steps).toSorted((one, other) => loadOf(other).value - loadOf(one).value)[0]
  if (step?.perRequest === undefined) return null
  return {
    title: l10n.t('Each request at {0}', loadText(step)),
    table: {
      columns: [l10n.t('requests'), 'p50', 'p95', 'p99', l10n.t('failed')],
      rows: step.perRequest.map(requestRow),
      notMeasured: [],
    },
  }
}

function requestRow({ name, requests, errors, latencyMicros }: RequestResult): StepRow {
  const failed = failedRequests(errors)
  const share = failed === 0 || requests === 0 ? '' : ` (${formatPercent(failed / requests)})`
  const latencies = ([latencyMicros.p50, latencyMicros.p95, latencyMicros.p99] as const).map((micros) => ({
    text: formatMicros(micros),
    measured: micros !== null,
    breached: false,
  }))
  const plain = { measured: true, breached: false }
  return {
    heading: name,
    cells: [
      { text: formatCount(requests), ...plain },
      ...latencies,
      { text: `${formatCount(failed)}${share}`, ...plain },
    ],
  }
}
