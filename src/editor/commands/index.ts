import type { Command } from '../headroom.ts'
import { applyFix } from './apply-fix.ts'
import { loadTest } from './load-test.ts'
import { openConfiguration } from './open-configuration.ts'
import { refresh } from './refresh.ts'
import { removeSeededRows } from './remove-seeded-rows.ts'
import { resumeSeeding } from './resume-seeding.ts'
import { seed, seedInPlace } from './seed.ts'
import { showFindings } from './show-findings.ts'
import { showResults } from './show-results.ts'
import { showRule } from './show-rule.ts'
import { stop } from './stop.ts'

/** All commands; each is contributed in package.json. */
export const commands = [
  applyFix,
  loadTest,
  openConfiguration,
  refresh,
  removeSeededRows,
  resumeSeeding,
  seed,
  seedInPlace,
  showFindings,
  showResults,
  showRule,
  stop,
] as const satisfies readonly Command[]
