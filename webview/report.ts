import type { Comparison } from '../src/model/comparison.ts'
import { snapshotOfRun } from '../src/model/panel.ts'
import type { Run } from '../src/model/run.ts'
import { mountLayout } from './layout.ts'

interface ReportData {
  readonly runs: readonly Run[]
  readonly comparison: Comparison | null
}

/** What a reader of a report, or of a print of it, wants to see without asking. */
const openFolds = ['steps', 'conditions']

const root = document.getElementById('headroom')
const data = document.getElementById('headroom-data')
if (root !== null && data !== null) {
  const { runs, comparison }: ReportData = JSON.parse(data.textContent)
  const run = runs.at(-1)
  const before = runs.length === 2 ? (runs[0] ?? null) : null
  if (run !== undefined)
    mountLayout(root, null, { first: openFolds, remember: () => {} })(snapshotOfRun(run, before, comparison))
}
