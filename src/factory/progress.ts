import type { SeedProgress } from '../model/seed-plan.ts'
import type { LoadStep } from './databases/database.ts'

const reportEveryMillis = 250
const rateWindowMillis = 3000
/** The first instants, with empty caches, foretell nothing. */
const leastSeconds = 1

/** Turns counts of rows into progress reports with a rate over the last seconds and the time left; at most four a second. */
export class ProgressReporter {
  private readonly phase: SeedProgress['phase']
  private readonly rowsTotal: number
  private readonly report: (progress: SeedProgress) => void
  private readonly now: () => number
  private readonly samples: { readonly at: number; readonly rows: number }[]
  private reportedAt = Number.NEGATIVE_INFINITY

  constructor(
    phase: SeedProgress['phase'],
    rowsTotal: number,
    report: (progress: SeedProgress) => void,
    now: () => number = () => performance.now(),
  ) {
    this.phase = phase
    this.rowsTotal = rowsTotal
    this.report = report
    this.now = now
    this.samples = [{ at: now(), rows: 0 }]
  }

  /** `rowsDone` rows of all tables are done, the last ones in `table`. */
  update(table: string, rowsDone: number): void {
    const at = this.now()
    this.samples.push({ at, rows: rowsDone })
    while (this.samples.length > 2 && at - (this.samples[1]?.at ?? at) >= rateWindowMillis)
      this.samples.shift()
    const isLast = rowsDone >= this.rowsTotal
    if (at - this.reportedAt < reportEveryMillis && !isLast) return
    this.reportedAt = at
    const first = this.samples[0] ?? { at, rows: rowsDone }
    const seconds = (at - first.at) / 1000
    const rowsPerSecond = seconds > 0 ? (rowsDone - first.rows) / seconds : 0
    const foretold = rowsPerSecond > 0 && seconds >= leastSeconds
    this.report({
      phase: this.phase,
      table,
      rowsDone,
      rowsTotal: this.rowsTotal,
      rowsPerSecond: Math.round(rowsPerSecond),
      secondsLeft: isLast ? 0 : foretold ? (this.rowsTotal - rowsDone) / rowsPerSecond : null,
    })
  }
}

/** Reports the steps around a load; the time left supposes that those to come take as long as those that are done. */
export function stepsOf(
  phase: 'prepare' | 'index',
  report: (progress: SeedProgress) => void,
): (step: LoadStep) => void {
  const beganAt = performance.now()
  return ({ name, done, total }) => {
    const seconds = (performance.now() - beganAt) / 1000
    const secondsLeft = done > 0 ? (seconds / done) * (total - done) : null
    report({ phase, table: name, rowsDone: done, rowsTotal: total, rowsPerSecond: 0, secondsLeft })
  }
}
