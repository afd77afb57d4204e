import type { Comparison } from '../src/model/comparison.ts'
import type { Run } from '../src/model/run.ts'
import { mountLayout } from './layout.ts'
import { snapshotOfRun } from '../src/model/panel.ts'

interface ReportData {
  readonly runs: readonly Run[]
  readonly comparison: Comparison | null
}

const root = document.getElementById('headroom')
const data = document.getElementById('headroom-data')
if (root !== null && data !== null) {
  const { runs, comparison }: ReportData = JSON.parse(data.textContent)
  const run = runs.at(-1)
  const before = runs.length === 2 ? (runs[0] ?? null) : null
  if (run !== undefined) mountLayout(root, null)(snapshotOfRun(run, before, comparison))
}
