import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Failure } from '../model/failure.ts'
import { noErrors, type Run, type StepResult, type Tick } from '../model/run.ts'

/** Where a project keeps its runs; ignored by git through its own `.gitignore`. */
const runsFolder = '.headroom/runs'

/**
 * Writes a file as a whole or not at all: to a neighbour first, then renamed. Folders are made as needed, and a file that
 * was there keeps its permissions.
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const partial = `${file}.${process.pid}.partial`
  const mode = await stat(file).then(
    (there) => there.mode,
    () => 0o666,
  )
  await writeFile(partial, text, { mode })
  await rename(partial, file)
}

/** Keeps a run in the project's history and returns its file. */
export async function saveRun(root: string, run: Run): Promise<string> {
  await writeWhole(join(root, '.headroom', '.gitignore'), '*\n')
  const file = join(root, runsFolder, `${run.id}.json`)
  await writeWhole(file, JSON.stringify(run))
  return file
}

/** Reads one run file. Throws `HR_RUN_FILE` when it is missing or no run. */
export async function readRun(file: string): Promise<Run> {
  const text = await readFile(resolve(file), 'utf8').catch(() => {
    throw new Failure('HR_RUN_FILE', `There is no run file at ${file}.`)
  })
  const run = parseRun(text)
  if (run === null) {
    throw new Failure(
      'HR_RUN_FILE',
      `${file} is not a Headroom run. Make one with: headroom load … --output run.json`,
    )
  }
  return run
}

function parseRun(text: string): Run | null {
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

/** The newest kept run of each route, by route key. Files that are no runs are passed over. */
export async function latestRuns(root: string): Promise<Map<string, Run>> {
  const folder = join(root, runsFolder)
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).toSorted()
  const runs = new Map<string, Run>()
  for (const name of names) {
    const run = parseRun(await readFile(join(folder, name), 'utf8').catch(() => ''))
    if (run !== null) runs.set(run.route, run)
  }
  return runs
}
