import * as l10n from '@vscode/l10n'
import { formatMicros } from './format.ts'
import { levelText, loadOf, type Loaded } from './load-level.ts'
import { countedSteps } from './measure.ts'
import type { Run, StepResult } from './run.ts'

/** A load in the fewest words: `120` users, `400/s`, `10,000 rows`. */
export function shortLevel(step: Loaded): string {
  const { value, unit } = loadOf(step)
  if (unit === 'rows') return levelText({ value, unit })
  return unit === 'users' ? String(value) : `${value}/s`
}

/** The highest load the endpoint took well; where it took none, the lowest load that was measured. Null without a step. */
export function representativeStep(run: Pick<Run, 'steps' | 'verdict'>): StepResult | null {
  const steps = countedSteps(run.steps).filter((step) => step.complete)
  const { breakingPoint } = run.verdict
  if (breakingPoint === null) return steps.at(-1) ?? null
  const { rate, lastGoodRate, users, lastGoodUsers, rows, lastGoodRows } = breakingPoint
  const closed = rows === undefined ? (lastGoodUsers ?? users) : (lastGoodRows ?? rows)
  const level = rate === undefined ? closed : (lastGoodRate ?? rate)
  return steps.find((step) => loadOf(step).value === level) ?? steps.at(0) ?? null
}

/** The one number of a run: `p95 1.2 s @ 50`, or `not measured`. */
export function headlineOf(run: Pick<Run, 'steps' | 'verdict'>): string {
  const step = representativeStep(run)
  if (step === null || step.latencyMicros.p95 === null) return l10n.t('not measured')
  return `p95 ${formatMicros(step.latencyMicros.p95)} @ ${shortLevel(step)}`
}
