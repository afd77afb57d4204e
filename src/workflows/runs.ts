import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import { noErrors, type Run, type StepResult, type Tick } from '../model/run.ts'
import { makeKeptFile } from './kept-file.ts'
import { writeWhole } from './whole-file.ts'

/** Where a project keeps its runs; ignored by git through its own `.gitignore`. */
export const runsFolder = '.headroom/runs'

/** Keeps a run in the project's history and returns its file. Throws `HR_FILE_EDIT` where `.headroom` is a link or no folder. */
export async function saveRun(root: string, run: Run): Promise<string> {
  const file = await makeKeptFile(root, `${runsFolder}/${run.id}.json`)
  await writeWhole(file, JSON.stringify(run))
  return file
}

/** Reads one run file. Throws `HR_RUN_FILE` when it is missing or no run. */
export async function readRun(file: string): Promise<Run> {
  const text = await readFile(resolve(file), 'utf8').catch(() => {
    throw new Failure('HR_RUN_FILE', l10n.t('There is no run file at {0}.', file))
  })
  const run = parseRun(text)
  if (run === null) {
    throw new Failure(
      'HR_RUN_FILE',
      l10n.t('{0} is not a Headroom run. Make one with: headroom load … --output run.json', file),
    )
  }
  return run
}

/** The run that a file's text holds, or null where it holds none. */
export function parseRun(text: string): Run | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRun(value) ? withAllErrorKinds(value) : null
  } catch {
    return null
  }
}

/** An older version's run with a zero for each kind of error that it didn't know yet. */
function withAllErrorKinds(run: Run): Run {
  return { ...run, steps: run.steps.map(withErrorKinds), ticks: run.ticks.map(withErrorKinds) }
}

function withErrorKinds<Part extends StepResult | Tick>(part: Part): Part {
  return { ...part, errors: { ...noErrors(), ...part.errors } }
}

/** Run files are written whole by {@link saveRun}, so that the schema's name and the main parts tell. */
function isRun(value: unknown): value is Run {
  if (typeof value !== 'object' || value === null) return false
  const parts: Partial<Record<keyof Run, unknown>> = value
  return parts.schema === 'headroom.run/1' && Array.isArray(parts.steps) && typeof parts.verdict === 'object'
}
