import type { CheckReport } from '../../src/model/finding.ts'
import { inRepository } from '../repository.ts'
import type { FolderCheck } from './check-folder.ts'
import { measureProcess } from './processes.ts'

/** What the analysis made of one repository. `report` is null where it had no source to read or crashed. */
export interface RepositoryCheck {
  readonly name: string
  readonly report: CheckReport | null
  /** Why there is no report; null where there is one, and where there is no JavaScript or TypeScript at all. */
  readonly crash: string | null
  readonly millis: number
  readonly peakBytes: number | null
}

const script = inRepository('scripts', 'bench', 'check-folder.ts')
const limitMillis = 600_000

/** Runs the analysis on a folder in a process of its own. */
export async function checkRepository(
  name: string,
  folder: string,
  signal: AbortSignal,
): Promise<RepositoryCheck> {
  const run = await measureProcess(script, [folder], { cwd: folder, signal, limitMillis })
  const { millis, peakBytes } = run
  const result = parsed(run.stdout)
  if (result === null) {
    const crash = run.stderr.trim().split('\n').at(-1) ?? ''
    return { name, report: null, crash: `exit code ${run.exitCode}: ${crash}`, millis, peakBytes }
  }
  if (result.kind === 'checked') return { name, report: result.report, crash: null, millis, peakBytes }
  const crash = result.code === 'HR_NO_SOURCE' ? null : `${result.code}: ${result.message}`
  return { name, report: null, crash, millis, peakBytes }
}

function parsed(text: string): FolderCheck | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
