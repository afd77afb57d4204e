import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import { headlineOf } from '../model/headline.ts'
import type { Run } from '../model/run.ts'
import type { VerdictKind } from '../model/verdict.ts'
import { baselinesIn } from './baselines.ts'
import { keptFile, makeKeptFile } from './kept-file.ts'
import { parseRun, readRun, runsFolder } from './runs.ts'
import { writeWhole } from './whole-file.ts'

/** One kept run, in the words of a list. `id` is its file's name without `.json`. */
export interface RunEntry {
  readonly id: string
  /** The absolute path. */
  readonly file: string
  readonly route: string
  readonly startedAt: string
  readonly profile: string
  readonly verdict: VerdictKind
  readonly sentence: string
  /** `p95 1.2 s @ 50` */
  readonly headline: string
  /** Whether it is pinned as its route's baseline. */
  readonly baseline: boolean
}

type Summary = Omit<RunEntry, 'id' | 'file' | 'baseline'>

/** What the index remembers of a file, as long as its time and size stay the same; null where it holds no run. */
interface Indexed {
  readonly modifiedAt: number
  readonly size: number
  readonly summary: Summary | null
}

type Index = Readonly<Record<string, Indexed>>

/** Summaries of run files, so that a list of hundreds needn't read megabytes. It can be deleted at any time. */
const indexFile = '.headroom/run-index.json'

/** The kept runs of a project, newest first. Files that are no runs are passed over. */
export async function listRuns(root: string): Promise<readonly RunEntry[]> {
  const [index, baselines] = await Promise.all([readIndexed(root), baselinesIn(root).catch(() => ({}))])
  const pinned = new Set(Object.values(baselines).map(({ id }) => id))
  return Object.entries(index)
    .flatMap(([name, { summary }]): RunEntry[] => {
      const id = basename(name, '.json')
      const file = join(root, runsFolder, name)
      return summary === null ? [] : [{ id, file, ...summary, baseline: pinned.has(id) }]
    })
    .toSorted((one, other) => compareTexts(other.startedAt, one.startedAt) || compareTexts(other.id, one.id))
}

/** The newest kept run of each route, by route key. */
export async function latestRuns(root: string): Promise<Map<string, Run>> {
  const newest = new Map<string, RunEntry>()
  for (const entry of await listRuns(root)) if (!newest.has(entry.route)) newest.set(entry.route, entry)
  const runs = [...newest].map(
    async ([route, { file }]) => [route, await readRun(file).catch(() => null)] as const,
  )
  return new Map((await Promise.all(runs)).flatMap(([route, run]) => (run === null ? [] : [[route, run]])))
}

/**
 * The kept run that a text names: its id, or the beginning of one id only. Throws `HR_RUN_FILE` when there is no such run,
 * or several.
 */
export async function findRun(root: string, text: string): Promise<RunEntry> {
  const runs = await listRuns(root)
  const [entry, another] = runs
    .filter(({ id }) => id === text)
    .concat(runs.filter(({ id }) => id !== text && id.startsWith(text)))
  if (entry === undefined || text === '') {
    throw new Failure('HR_RUN_FILE', l10n.t('There is no kept run {0}. List them with: headroom runs', text))
  }
  if (another !== undefined && entry.id !== text) {
    throw new Failure('HR_RUN_FILE', l10n.t('Several kept runs begin with {0}. Write more of the id.', text))
  }
  return entry
}

/** A run by the path of its file, else by the id of a kept run, or its beginning. Throws `HR_RUN_FILE` where it is neither. */
export async function openRun(root: string, text: string): Promise<Run> {
  const isFile = await stat(text).then(
    (found) => found.isFile(),
    () => false,
  )
  if (isFile || /[\\/]|\.json$/.test(text)) return readRun(text)
  const { file } = await findRun(root, text)
  return readRun(file)
}

/** Deletes a kept run's file; a baseline that was pinned from it stays. Throws `HR_RUN_FILE` when there is no such run, and `HR_FILE_EDIT` behind a link. */
export async function deleteRun(root: string, id: string): Promise<void> {
  const entry = (await listRuns(root)).find((each) => each.id === id)
  if (entry === undefined) {
    throw new Failure('HR_RUN_FILE', l10n.t('There is no kept run {0}. List them with: headroom runs', id))
  }
  await rm(await keptFile(root, `${runsFolder}/${basename(entry.file)}`), { force: true })
}

/** The index brought up to date: files that are new or changed are read, those that are gone are forgotten. */
async function readIndexed(root: string): Promise<Index> {
  const known = await readIndex(root)
  const folder = join(root, runsFolder)
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
  const entries: [string, Indexed][] = []
  for (const name of names) {
    const entry = await indexed(join(folder, name), known[name])
    if (entry !== null) entries.push([name, entry])
  }
  const index = Object.fromEntries(entries)
  const isChanged = entries.some(([name, entry]) => known[name] !== entry)
  if (isChanged || entries.length !== Object.keys(known).length) {
    // A folder that can't be written to is listed all the same, only slower.
    await makeKeptFile(root, indexFile)
      .then((file) => writeWhole(file, JSON.stringify(index)))
      .catch(() => undefined)
  }
  return index
}

async function readIndex(root: string): Promise<Index> {
  try {
    const value: unknown = JSON.parse(await readFile(join(root, indexFile), 'utf8'))
    return isIndex(value) ? value : {}
  } catch {
    return {}
  }
}

function isIndex(value: unknown): value is Index {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function indexed(file: string, known: Indexed | undefined): Promise<Indexed | null> {
  const found = await stat(file).catch(() => null)
  if (found === null || !found.isFile()) return null
  const { mtimeMs: modifiedAt, size } = found
  if (known?.modifiedAt === modifiedAt && known.size === size) return known
  const text = await readFile(file, 'utf8').catch(() => '')
  return { modifiedAt, size, summary: summaryOf(parseRun(text)) }
}

/** Null where parts are missing as well: what calls itself a run needn't be one. */
function summaryOf(run: Run | null): Summary | null {
  if (run === null) return null
  try {
    const { route, plan, conditions, verdict } = run
    return {
      route,
      startedAt: conditions.startedAt,
      profile: plan.profile,
      verdict: verdict.kind,
      sentence: verdict.sentence,
      headline: headlineOf(run),
    }
  } catch {
    return null
  }
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
