import * as l10n from '@vscode/l10n'
import type { Finding } from '../model/finding.ts'
import type { Cause } from '../model/verdict.ts'
import { observe, type Measurements, type Observation, type Sign } from './observations.ts'

/** How a defect shows under load: what to call it, how often it is the cause by itself, and the signs it leaves. */
interface Symptoms {
  readonly label: string
  readonly prior: number
  readonly signs: Readonly<Partial<Record<Sign, number>>>
}

const perRow = { 'many-queries': 3, 'many-rows': 2, 'slow-alone': 1, 'flat-throughput': 1, 'cpu-bound': 1 }
const perAnswer = { 'many-rows': 2, 'large-answer': 1, 'slow-alone': 1, 'flat-throughput': 1, 'cpu-bound': 1 }
const outside = { timeouts: 3, waiting: 2 }

const symptomsOf: Readonly<Record<string, Symptoms>> = {
  'n-plus-one': { label: l10n.t('N+1'), prior: 2, signs: perRow },
  'write-in-loop': { label: l10n.t('writes in a loop'), prior: 2, signs: perRow },
  'repeated-query': { label: l10n.t('repeated query'), prior: 1, signs: perRow },
  'unbounded-result-set': { label: l10n.t('missing pagination'), prior: 1, signs: perAnswer },
  'count-by-loading': { label: l10n.t('counting by loading rows'), prior: 1, signs: perAnswer },
  'filter-in-memory': { label: l10n.t('filtering in memory'), prior: 1, signs: perAnswer },
  overfetch: { label: l10n.t('overfetching'), prior: 0, signs: perAnswer },
  'missing-timeout': { label: l10n.t('missing timeout'), prior: 0, signs: outside },
  'missing-retry': { label: l10n.t('missing retry'), prior: 0, signs: { 'server-errors': 2 } },
  'unhandled-async': {
    label: l10n.t('unhandled rejection'),
    prior: 0,
    signs: { timeouts: 3, 'server-errors': 3 },
  },
  'sequential-awaits': {
    label: l10n.t('sequential awaits'),
    prior: 0,
    signs: { waiting: 2, 'slow-alone': 1 },
  },
}

/** By how much a cause must outweigh the next to be the only explanation. */
const clearLead = 2

/** The findings of one route ranked by what was measured, and what was measured when no finding explains it. */
export interface Explanation {
  readonly causes: readonly Cause[]
  /** Sentences about the break that hold whatever its cause. */
  readonly reasons: readonly string[]
}

/**
 * Explains a break. `findings` are those of the loaded route. A cause without a sign that was measured keeps the
 * confidence `low`; without findings there is no cause, only the reasons.
 */
export function explain(measurements: Measurements, findings: readonly Finding[]): Explanation {
  const observations = observe(measurements)
  const weighed = findings
    .map((finding) => weigh(finding, observations))
    .toSorted((one, other) => other.score - one.score || other.prior - one.prior)
  const [first, second] = weighed
  const clear = first !== undefined && first.score - (second?.score ?? 0) >= clearLead
  const causes = weighed.map((each) => ({
    ...each.cause,
    confidence: confidenceOf(each, clear && each === first),
  }))
  const reasons = observations.map(({ sentence }) => `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`)
  return { causes, reasons }
}

/** A short name for a cause in a sentence: `N+1`, `missing pagination`. */
export function causeLabel(rule: string): string {
  return symptomsOf[rule]?.label ?? rule.replaceAll('-', ' ')
}

interface Weighed {
  readonly cause: Omit<Cause, 'confidence'>
  readonly score: number
  /** Decides between equal scores. */
  readonly prior: number
}

function weigh(finding: Finding, observations: readonly Observation[]): Weighed {
  const symptoms = symptomsOf[finding.rule]
  const signs: Symptoms['signs'] = symptoms?.signs ?? { 'cpu-bound': 1, 'flat-throughput': 1 }
  const fitting = observations.filter(({ sign }) => signs[sign] !== undefined)
  const measured = fitting.reduce((sum, { sign }) => sum + (signs[sign] ?? 0), 0)
  const prior = symptoms?.prior ?? 0
  return {
    score: prior + measured,
    prior,
    cause: {
      rule: finding.rule,
      file: finding.file,
      line: finding.line,
      message: finding.message,
      evidence: fitting.map(({ sentence }) => sentence),
      fixes: finding.fixes,
    },
  }
}

/** `high` is for a cause with several signs that no other finding of the route explains about as well. */
function confidenceOf({ cause, score }: Weighed, clear: boolean): Cause['confidence'] {
  const signs = cause.evidence.length
  if (clear && score >= 6 && signs >= 3) return 'high'
  return signs > 0 && score >= 3 ? 'medium' : 'low'
}
