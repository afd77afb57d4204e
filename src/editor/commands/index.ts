import type { Command } from '../headroom.ts'
import { laterCommand } from '../later-command.ts'
import { applyFix } from './apply-fix.ts'
import { cancel } from './cancel.ts'
import { compareRuns } from './compare-runs.ts'
import { deleteRuns } from './delete-runs.ts'
import { showAiInsertedEndpoints, showAllEndpoints, showChangedEndpoints } from './filter-endpoints.ts'
import { forgetAttribution } from './forget-attribution.ts'
import { loadTest } from './load-test.ts'
import { openConfiguration } from './open-configuration.ts'
import { openRun } from './open-run.ts'
import { openSample } from './open-sample.ts'
import { pinBaseline, unpinBaseline } from './pin-baseline.ts'
import { refresh } from './refresh.ts'
import { removeSeededRows } from './remove-seeded-rows.ts'
import { resumeSeeding } from './resume-seeding.ts'
import { seed, seedInPlace } from './seed.ts'
import { setBudget } from './set-budget.ts'
import { showFindings } from './show-findings.ts'
import { showResults } from './show-results.ts'
import { showRule } from './show-rule.ts'
import { stop } from './stop.ts'

const later = async () => (await import('../later.ts')).later

/** All commands; each is contributed in package.json. */
export const commands = [
  applyFix,
  cancel,
  compareRuns,
  deleteRuns,
  laterCommand(
    'headroom.fixWithAssistant',
    async () => (await (await later()).fixWithAssistant()).fixWithAssistantCommand,
  ),
  forgetAttribution,
  loadTest,
  openConfiguration,
  openRun,
  openSample,
  pinBaseline,
  refresh,
  removeSeededRows,
  resumeSeeding,
  seed,
  seedInPlace,
  setBudget,
  laterCommand('headroom.setUpAgents', async () => (await (await later()).setUpAgents()).setUpAgents),
  showAiInsertedEndpoints,
  showAllEndpoints,
  showChangedEndpoints,
  showFindings,
  showResults,
  showRule,
  stop,
  laterCommand('headroom.teach', async () => (await (await later()).teach()).teach),
  unpinBaseline,
  laterCommand('headroom.verifyChange', async () => (await (await later()).verifyChange()).verifyChange),
] as const satisfies readonly Command[]
