import { join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure, failureData } from '../model/failure.ts'
import { representativeStep } from '../model/headline.ts'
import type { Run } from '../model/run.ts'
import { formatBudget, parseBudget } from '../verdict/budget.ts'
import { configFileName, parseConfig } from './config.ts'
import { isBare, withoutValue, withValue } from './json-edit.ts'
import { editWhole } from './whole-file.ts'

/**
 * Writes a route's budget into `headroom.config.json`, or takes it out where `budget` is null. Comments and formatting
 * stay; a missing file is made. Throws `HR_BUDGET` for a budget that doesn't parse, and `HR_CONFIG` for a file that is
 * broken, which is left as it is.
 */
export async function writeBudget(root: string, route: string, budget: string | null): Promise<void> {
  const path = ['budgets', route]
  const written = budget === null ? null : formatBudget(parseBudget(budget))
  await editWhole(join(root, configFileName), (text) => {
    if (text === null && written === null) return null
    const source = text === null || text.trim() === '' ? '{}\n' : text
    parseConfig(source)
    const mark = source.startsWith('\uFEFF') ? '\uFEFF' : ''
    const bare = source.slice(mark.length)
    return mark + (written === null ? withoutBudget(bare, path) : withValue(bare, path, written))
  })
}

/** The list of budgets goes with its last one, unless a comment is left in it. */
function withoutBudget(text: string, [list = '', route = '']: readonly string[]): string {
  const shortened = withoutValue(text, [list, route])
  return shortened !== text && isBare(shortened, [list]) ? withoutValue(shortened, [list]) : shortened
}

/** How much slower than measured an endpoint may become before its budget breaks: more than machines differ from day to day. */
const room = 1.5
/** Limits as people write them. */
const roundSteps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
/** Below this, the machine is measured rather than the endpoint. */
const leastMicros = 5_000

/**
 * A budget that a run would have met with room to spare: its p95 at the highest load that it took well, rounded up, and
 * almost no errors. Throws `HR_NO_BUDGET` where the run took no load well, or measured too little.
 */
export function suggestBudget(run: Run): string {
  const { kind, breakingPoint } = run.verdict
  const step = representativeStep(run)
  const tookNone =
    breakingPoint !== null &&
    (breakingPoint.lastGoodRows ?? breakingPoint.lastGoodRate ?? breakingPoint.lastGoodUsers) === null
  if (tookNone || kind === 'not-measured' || kind === 'fails-before-load' || !step?.latencyMicros.p95) {
    throw new Failure(
      'HR_NO_BUDGET',
      l10n.t(
        'This run of {0} took no load well enough to take a budget from. Write one, such as p95<300ms,errors<1%.',
        run.route,
      ),
    )
  }
  return `p95<${durationText(roundedUp(Math.max(leastMicros, step.latencyMicros.p95 * room)))}, errors<1%`
}

function roundedUp(micros: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(micros))
  const step = roundSteps.find((each) => each * magnitude >= micros - 1e-6) ?? 10
  return step * magnitude
}

/** A limit in the budget's own words: `150ms`, `2.5s`. */
function durationText(micros: number): string {
  return micros < 1_000_000 ? `${micros / 1_000}ms` : `${micros / 1_000_000}s`
}

/** What is wrong with the text of a budget, in a sentence; null where nothing is. */
export function budgetProblem(text: string): string | null {
  try {
    parseBudget(text)
    return null
  } catch (error) {
    return failureData(error).message
  }
}
