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
  if (text.trim() === '') throw wrong('The budget is empty')
  return text.split(',').map((clause, index) => parseClause(clause.trim(), index + 1))
}

/** A budget as text that {@link parseBudget} reads back to the same. */
export function formatBudget(budget: readonly Threshold[]): string {
  return budget.map((threshold) => threshold.text).join(', ')
}

function parseClause(clause: string, position: number): Threshold {
  const where = `Clause ${position} of the budget, \`${clause}\`,`
  if (clause === '') throw wrong(`Clause ${position} of the budget is empty`)
  const parts = clausePattern.exec(clause.toLowerCase())
  if (parts === null) throw wrong(`${where} is not a metric, a comparison and a limit`)
  const [, name = '', comparison = '', number = '', unit = ''] = parts
  const text = `${name}${comparison}${number}${unit}`
  if (name === 'rps') return rateClause(where, comparison, Number(number), unit, text)
  if (comparison !== '<') throw wrong(`${where} needs \`<\`: ${name} may be at most so much`)
  if (Number(number) === 0) throw wrong(`${where} can never be met: nothing is below zero`)
  if (name === 'errors') return errorsClause(where, Number(number), unit, text)
  return latencyClause(where, name, Number(number), unit, text)
}

function rateClause(where: string, comparison: string, limit: number, unit: string, text: string): Threshold {
  if (comparison !== '>') throw wrong(`${where} needs \`>\`: rps must be at least so much`)
  if (unit !== '') throw wrong(`${where} takes a plain number of requests a second, without \`${unit}\``)
  return { metric: 'rps', comparison: '>', limit, text }
}

function errorsClause(where: string, percent: number, unit: string, text: string): Threshold {
  if (unit !== '%') throw wrong(`${where} needs its limit in percent, as in \`errors<1%\``)
  if (percent > 100) throw wrong(`${where} allows more than everything to fail`)
  return { metric: 'errors', comparison: '<', limit: percent / 100, text }
}

function latencyClause(where: string, name: string, limit: number, unit: string, text: string): Threshold {
  const metric = latencyMetrics.find((known) => known === (name === 'p99.9' ? 'p999' : name))
  if (metric === undefined) {
    throw wrong(`${where} has no known metric: use ${latencyMetrics.join(', ')}, errors or rps`)
  }
  if (!isDuration(unit)) {
    throw wrong(`${where} needs a unit: us, ms, s or m, as in \`${metric}<${limit}ms\``)
  }
  return { metric, comparison: '<', limit: limit * microsPer[unit], text }
}

function isDuration(unit: string): unit is keyof typeof microsPer {
  return Object.hasOwn(microsPer, unit)
}

function wrong(what: string): Failure {
  return new Failure('HR_BUDGET', `${what}. A budget reads like \`${example}\`.`)
}
