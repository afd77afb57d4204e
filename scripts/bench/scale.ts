import { join } from 'node:path'
import type { CheckReport } from '../../src/model/finding.ts'
import { temporaryFolder } from '../lifetime.ts'
import { inRepository } from '../repository.ts'
import { installEslint, lint } from './eslint.ts'
import { median, round, type Figure } from './figures.ts'
import { routeCount, writeRepository } from './generated/application.ts'
import { measureProcess, type ProcessMeasure } from './processes.ts'
import { measureReanalysis } from './reanalysis.ts'

const coldRuns = 3

/** One cold run of the built command line, and what it found. */
interface ColdCheck extends ProcessMeasure {
  readonly report: CheckReport
}

/** Checks with the built command line in a fresh process. Throws where it doesn't find the routes that are there. */
async function checkCold(folder: string, signal: AbortSignal): Promise<ColdCheck> {
  const program = inRepository('dist', 'cli.cjs')
  const options = { cwd: folder, signal, limitMillis: 600_000 }
  const measure = await measureProcess(program, ['check', '.', '--json'], options)
  if (measure.exitCode > 1) throw new Error(`The check of the generated files failed.\n${measure.stderr}`)
  const report: CheckReport = JSON.parse(measure.stdout)
  if (report.routes.length !== routeCount) {
    throw new Error(`The check found ${report.routes.length} of the ${routeCount} generated routes.`)
  }
  return { ...measure, report }
}

/** Measures the analysis on a generated application of a thousand files, beside ESLint. Needs a production build in dist/. */
export async function analysisAtScale(signal: AbortSignal): Promise<readonly Figure[]> {
  await installEslint(signal)
  await using temporary = await temporaryFolder('headroom-bench-')
  const folder = join(temporary.path, 'generated')
  const files = await writeRepository(folder)
  console.error(`headroom: measuring the analysis of ${files.length} generated files …`)
  const checks: ColdCheck[] = []
  const lints: ProcessMeasure[] = []
  for (let run = 0; run < coldRuns; run++) {
    checks.push(await checkCold(folder, signal))
    lints.push(await lint(folder, signal))
  }
  const edited = await measureReanalysis(folder, files)
  return figuresOf(checks, lints, edited)
}

function figuresOf(
  checks: readonly ColdCheck[],
  lints: readonly ProcessMeasure[],
  edited: readonly number[],
): readonly Figure[] {
  const checkSeconds = checks.map(({ millis }) => millis / 1000)
  const lintSeconds = lints.map(({ millis }) => millis / 1000)
  const cold = median(checkSeconds)
  const linted = median(lintSeconds)
  const peaks = checks.flatMap(({ peakBytes }) => (peakBytes === null ? [] : [peakBytes / 1e6]))
  const [first] = checks
  const { routes = [], findings = [], problems = [] } = first?.report ?? {}
  return [
    {
      name: 'Cold check of 1,000 files',
      unit: 's',
      value: cold,
      goal: 10,
      note: `${listed(checkSeconds)}; ${routes.length} routes, ${findings.length} findings, ${problems.length} problems`,
    },
    {
      name: '  the most memory it holds',
      unit: 'MB',
      value: peaks.length === checks.length ? Math.max(...peaks) : null,
      goal: 1500,
      note: listed(peaks),
    },
    {
      name: '  ESLint with no-await-in-loop alone on the same files',
      unit: 's',
      value: linted,
      goal: null,
      note: listed(lintSeconds),
    },
    {
      name: '  the check in times of that',
      unit: '×',
      value: cold === null || linted === null ? null : cold / linted,
      goal: null,
      note: '',
    },
    {
      name: 'Check after an edit of one of 1,000 files',
      unit: 'ms',
      value: median(edited),
      goal: 150,
      note: listed(edited),
    },
  ]
}

function listed(values: readonly number[]): string {
  return values.map(round).join(', ')
}
