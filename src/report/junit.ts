import * as l10n from '@vscode/l10n'
import type { Threshold } from '../model/budget.ts'
import { loadOf, loadText } from '../model/load-level.ts'
import type { Comparison } from '../model/comparison.ts'
import type { Run, StepResult } from '../model/run.ts'
import { caveat, deltaLine, deltaRows } from './content/deltas.ts'
import { type Format, judgementSentence, reportedRun, type ReportInput } from './format.ts'
import { escapeMarkup } from './markup.ts'
import { causeSentence, summarise } from './content/summary.ts'
import { countedSteps, evaluate } from '../model/measure.ts'
import { breaches, formatKnown } from './content/thresholds.ts'

type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly message: string; readonly type?: 'comparison' }
  | { readonly kind: 'skipped'; readonly message: string }

function breachMessage(threshold: Threshold, step: StepResult): string {
  return l10n.t(
    '{0} was {1} at {2}, budget {3}',
    threshold.metric,
    formatKnown(step, threshold),
    loadText(step),
    threshold.text,
  )
}

/** What became of one threshold. It passes only where the verdict stands on measurements of it: never on zero samples. */
function outcome(run: Run, threshold: Threshold): Outcome {
  const { kind, sentence, breakingPoint } = run.verdict
  if (kind === 'not-measured') return { kind: 'skipped', message: sentence }
  if (kind === 'fails-before-load') return { kind: 'failed', message: sentence }
  const steps = countedSteps(run.steps).toSorted((one, other) => loadOf(one).value - loadOf(other).value)
  const breach = steps.find((step) => breaches(step, threshold))
  if (kind !== 'holds' && breach !== undefined)
    return { kind: 'failed', message: breachMessage(threshold, breach) }
  if (breakingPoint?.threshold === threshold.text) return { kind: 'failed', message: sentence }
  if (steps.every((step) => evaluate(threshold, step) === 'not-measured')) {
    return { kind: 'skipped', message: l10n.t('{0} was not measured', threshold.metric) }
  }
  return kind === 'stopped' ? { kind: 'skipped', message: sentence } : { kind: 'passed' }
}

/** Whether the run is no worse than the one before; skipped where that can't be told. */
function comparisonOutcome(input: ReportInput, comparison: Comparison): Outcome {
  const sentence = judgementSentence(input)
  if (input.judgement === 'worse') {
    const rows = deltaRows(comparison).map(deltaLine)
    return { kind: 'failed', message: `${sentence} ${rows.join('; ')}`, type: 'comparison' }
  }
  if (sentence !== '') return { kind: 'passed' }
  return {
    kind: 'skipped',
    message: caveat(comparison) || l10n.t('Too little was measured to compare the two runs.'),
  }
}

function testCase(run: Run, name: string, result: Outcome, seconds: number): string {
  const place = run.file === null ? '' : ` file="${escapeMarkup(run.file)}" line="${run.line ?? 1}"`
  const open = `    <testcase classname="${escapeMarkup(run.route)}" name="${escapeMarkup(name)}" time="${seconds.toFixed(1)}"${place}`
  if (result.kind === 'passed') return `${open}/>`
  const message = `message="${escapeMarkup(result.message)}"`
  if (result.kind === 'skipped') return `${open}>\n      <skipped ${message}/>\n    </testcase>`
  const causes = escapeMarkup(run.verdict.causes.map(causeSentence).join('\n'))
  return `${open}>\n      <failure type="${result.type ?? 'budget'}" ${message}>${causes}</failure>\n    </testcase>`
}

/**
 * The run after the change as a JUnit test suite: one test case a threshold of its budget, and of two runs one for the
 * comparison; skipped where it was not measured.
 */
export const junit = {
  id: 'junit',
  title: l10n.t('JUnit XML, one test case a threshold'),
  extension: 'xml',
  render(input) {
    const run = reportedRun(input.runs)
    const { comparison } = input
    const outcomes = [
      ...run.plan.budget.map((threshold) => ({ name: threshold.text, result: outcome(run, threshold) })),
      ...(comparison === null
        ? []
        : [{ name: l10n.t('no worse than before'), result: comparisonOutcome(input, comparison) }]),
    ]
    const count = (kind: Outcome['kind']): number =>
      outcomes.filter(({ result }) => result.kind === kind).length
    const seconds = run.steps.reduce((sum, step) => sum + step.durationSeconds, 0)
    const counts = `tests="${outcomes.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}"`
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="headroom" ${counts} time="${seconds.toFixed(1)}">`,
      `  <testsuite name="${escapeMarkup(run.route)}" ${counts} time="${seconds.toFixed(1)}" timestamp="${escapeMarkup(run.conditions.startedAt)}">`,
      ...outcomes.map(({ name, result }) => testCase(run, name, result, seconds)),
      `    <system-out>${escapeMarkup(summarise(run))}</system-out>`,
      '  </testsuite>',
      '</testsuites>',
      '',
    ].join('\n')
  },
} as const satisfies Format
