/** How many tests of a step passed, failed, and were skipped. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The outcome of something that isn't a test runner: it counts as one test. */
export function single(exitCode: number): Outcome {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

/** The sum of outcomes. */
export function total(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}

/** The closing line: `12 passed, 0 failed`, and `, 1 skipped` where there are any. */
export function outcomeLine({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
