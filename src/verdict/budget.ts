import * as l10n from '@vscode/l10n'
import { latencyMetrics, type Threshold } from '../model/budget.ts'
import { Failure } from '../model/failure.ts'

/*
 * budget     = clause *( "," clause )
 * clause     = latency "<" number duration
 *            / "errors" "<" number "%"
 *            / "rps" ">" number
 * latency    = "p50" / "p90" / "p95" / "p99" / "p999" / "p99.9" / "max"
 * duration   = "us" / "µs" / "ms" / "s" / "m"
 * number     = 1*DIGIT [ "." 1*DIGIT ]
 *
 * Blanks may stand anywhere between these, and case doesn't matter. A limit of zero is only allowed for "rps".
 */

const example = 'p95<300ms, p99<2s, errors<0.1%, rps>500'
const microsPer = { us: 1, µs: 1, ms: 1_000, s: 1_000_000, m: 60_000_000 } as const

/** `metric comparison number unit`; the parts are checked one by one for a message that says which is wrong. */
const clausePattern = /^([a-z][a-z0-9.]*)\s*([<>=≤≥!]+)\s*([0-9]+(?:\.[0-9]+)?)\s*([^0-9\s]*)$/

/**
 * Parses a budget such as `p95<300ms, errors<0.1%`. Latency limits come out in microseconds, `errors` as a fraction 0..1,
 * `rps` in requests a second; `text` is the clause without blanks. Throws `HR_BUDGET`, which says which clause is wrong
 * and how.
 */
export function parseBudget(text: string): Threshold[] {
  if (text.trim() === '') throw wrong(l10n.t('The budget is empty'))
  return text.split(',').map((clause, index) => parseClause({ position: index + 1, text: clause.trim() }))
}

/** A budget as text that {@link parseBudget} reads back to the same. */
export function formatBudget(budget: readonly Threshold[]): string {
  return budget.map((threshold) => threshold.text).join(', ')
}

/** One clause as it is written, and which one it is, counted from 1. */
interface Clause {
  readonly position: number
  readonly text: string
}

function parseClause(clause: Clause): Threshold {
  if (clause.text === '') throw wrong(l10n.t('Clause {0} of the budget is empty', clause.position))
  const parts = clausePattern.exec(clause.text.toLowerCase())
  if (parts === null)
    throw wrong(
      l10n.t(
        'Clause {0} of the budget, `{1}`, is not a metric, a comparison and a limit',
        clause.position,
        clause.text,
      ),
    )
  const [, name = '', comparison = '', number = '', unit = ''] = parts
  const text = `${name}${comparison}${number}${unit}`
  if (name === 'rps') return rateClause(clause, comparison, Number(number), unit, text)
  if (comparison !== '<')
    throw wrong(
      l10n.t(
        'Clause {0} of the budget, `{1}`, needs `<`: {2} may be at most so much',
        clause.position,
        clause.text,
        name,
      ),
    )
  if (Number(number) === 0)
    throw wrong(
      l10n.t(
        'Clause {0} of the budget, `{1}`, can never be met: nothing is below zero',
        clause.position,
        clause.text,
      ),
    )
  if (name === 'errors') return errorsClause(clause, Number(number), unit, text)
  return latencyClause(clause, name, Number(number), unit, text)
}

function rateClause(
  clause: Clause,
  comparison: string,
  limit: number,
  unit: string,
  text: string,
): Threshold {
  if (comparison !== '>')
    throw wrong(
      l10n.t(
        'Clause {0} of the budget, `{1}`, needs `>`: rps must be at least so much',
        clause.position,
        clause.text,
      ),
    )
  if (unit !== '')
    throw wrong(
      l10n.t(
        'Clause {0} of the budget, `{1}`, takes a plain number of requests a second, without `{2}`',
        clause.position,
        clause.text,
        unit,
      ),
    )
  return { metric: 'rps', comparison: '>', limit, text }
}

function errorsClause(clause: Clause, percent: number, unit: string, text: string): Threshold {
  if (unit !== '%')
    throw wrong(
      l10n.t(
        'Clause {0} of the budget, `{1}`, needs its limit in percent, as in `errors<1%`',
        clause.position,
        clause.text,
      ),
    )
  if (percent > 100)
    throw wrong(
      l10n.t(
        'Clause {0} of the budget, `{1}`, allows more than everything to fail',
        clause.position,
        clause.text,
      ),
    )
  return { metric: 'errors', comparison: '<', limit: percent / 100, text }
}

function latencyClause(clause: Clause, name: string, limit: number, unit: string, text: string): Threshold {
  const metric = latencyMetrics.find((known) => known === (name === 'p99.9' ? 'p999' : name))
  if (metric === undefined) {
    throw wrong(
      l10n.t(
        'Clause {0} of the budget, `{1}`, has no known metric: use {2}, errors or rps',
        clause.position,
        clause.text,
        latencyMetrics.join(', '),
      ),
    )
  }
  if (!isDuration(unit)) {
    throw wrong(
      l10n.t(
        'Clause {0} of the budget, `{1}`, needs a unit: us, ms, s or m, as in `{2}<{3}ms`',
        clause.position,
        clause.text,
        metric,
        limit,
      ),
    )
  }
  return { metric, comparison: '<', limit: limit * microsPer[unit], text }
}

function isDuration(unit: string): unit is keyof typeof microsPer {
  return Object.hasOwn(microsPer, unit)
}

function wrong(what: string): Failure {
  return new Failure('HR_BUDGET', l10n.t('{0}. A budget reads like `{1}`.', what, example))
}
