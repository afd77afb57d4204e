import * as l10n from '@vscode/l10n'
import type { Comparison, Judgement } from '../model/comparison.ts'
import type { Run } from '../model/run.ts'

/** One run, or two: the run before a change and the run after it. */
export type ReportedRuns = readonly [Run] | readonly [before: Run, after: Run]

export interface ReportInput {
  readonly runs: ReportedRuns
  readonly comparison: Comparison | null
  /** What the comparison's numbers say together; null or left out where they don't compare, or nothing could be told. */
  readonly judgement?: Judgement | null
  /** The built report's script and style (`dist/webview/report.js` and `.css`), for formats that draw. */
  readonly assets?: { readonly script: string; readonly style: string }
  /** True where the text is for a terminal that shows ANSI colours. */
  readonly colours?: boolean
}

/** One output format. `render` is pure: the same input always gives the same text. */
export interface Format {
  readonly id: string
  readonly title: string
  /** Without the dot. */
  readonly extension: string
  render(input: ReportInput): string
}

/** The run that the report is about: the only one, or the one after the change. */
export function reportedRun(runs: ReportedRuns): Run {
  return runs[1] ?? runs[0]
}

/** The run before the change, or null where only one was given. */
export function beforeRun(runs: ReportedRuns): Run | null {
  return runs.length === 2 ? runs[0] : null
}

const judgementSentences: Readonly<Record<Judgement, () => string>> = {
  better: () => l10n.t('Better than before, by more than noise.'),
  worse: () => l10n.t('Worse than before, by more than noise.'),
  'within-noise': () => l10n.t('No different from before: the changes are within noise.'),
}

/** What two runs say together, in a sentence; empty for one run, and where it can't be told. */
export function judgementSentence({ judgement }: ReportInput): string {
  return judgement === undefined || judgement === null ? '' : judgementSentences[judgement]()
}
