import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { failureData } from '../../model/failure.ts'
import { recordLines } from '../origins/attribution-store.ts'
import { configFileName } from '../config.ts'
import { parseHookEvent, type AgentWrite, type HookCaller } from './event.ts'
import { locateLines, locatingTime, type AgentLines, type LocatingTime } from './lines.ts'
import { askWarm } from './warm.ts'
import { shellCommand } from '../agent-setup/command.ts'

/** What one call of the hook says. It never fails, and never blocks an agent. */
export interface HookOutcome {
  /** One JSON document in the caller's own shape, or null: nothing to say. */
  readonly stdout: string | null
  /** One line for people. */
  readonly problem: string | null
}

export interface HookOptions {
  /** Where the hook was started. */
  readonly directory: string
  readonly environment: NodeJS.ProcessEnv
  /** The file of the command line that runs, for the commands in the answer. */
  readonly cliFile: string
  /** How long an answer may take; what the hook writes down is written down anyway. */
  readonly answerWithinMillis: number
  /** The same where the project must be read first: an agent whose only edit this is would never hear of it else. */
  readonly firstAnswerWithinMillis: number
}

const sourceName = /\.(?:[cm]?[jt]s|[jt]sx)$/
/** As the analysis has it: larger files are bundles or data. */
const maximumFileBytes = 1_000_000
const recordMillis = 3_000

interface WrittenFile extends AgentLines {
  readonly root: string
  /** The folder of the agent's that holds the project. */
  readonly folder: string
  readonly file: string
  readonly text: string
}

/**
 * Handles one event of an agent's hook: writes down which lines the agent wrote, has the handlers inspected that they are
 * part of, and puts what was found into the agent's own words. Files outside the agent's project are left alone. What the
 * event says beside paths and code is not looked at, and no code is kept.
 */
export async function runHook(input: string, options: HookOptions): Promise<HookOutcome> {
  try {
    const event = parseHookEvent(input)
    if (event === null) {
      return silent('what came on stdin is no event of Claude Code, Cursor, VS Code or Codex.')
    }
    const { CLAUDE_PROJECT_DIR: claude, CURSOR_PROJECT_DIR: cursor } = options.environment
    const folders = [claude, cursor, ...event.folders, options.directory].filter(
      (folder): folder is string => folder !== undefined && folder !== '',
    )
    const time = locatingTime()
    const found = await Promise.all(event.writes.map((write) => writtenFile(write, folders, time)))
    if (found.includes('no-project'))
      return silent('there is no project here: no package.json above the file.')
    const files = found.filter((each) => typeof each === 'object' && each !== null)
    const [first] = files
    if (first === undefined) return silent(null)
    const sameProject = files.filter(({ root }) => root === first.root)
    const request = {
      touched: sameProject.map(({ file, touched }) => ({ file, ranges: touched })),
      command: await shellCommand(first.root, options.cliFile),
      prefix: prefixOf(first),
    }
    const tooLate = {
      warm: timeout(options.answerWithinMillis),
      cold: timeout(options.firstAnswerWithinMillis),
    }
    const [recorded, answer] = await Promise.all([
      record(files, event.caller),
      askWarm(first.root, request, tooLate),
    ])
    return {
      stdout: answer?.context ? JSON.stringify(said(event.caller, answer.context)) : null,
      problem: recorded ?? answer?.problem ?? null,
    }
  } catch (error) {
    return silent(failureData(error).message)
  }
}

function timeout(millis: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, Math.floor(millis)))
}

function silent(problem: string | null): HookOutcome {
  return { stdout: null, problem }
}

/** Cursor takes its own field; all others take that of Claude Code. */
function said(caller: HookCaller, context: string): object {
  return caller === 'Cursor'
    ? { additional_context: context }
    : { hookSpecificOutput: { hookEventName: 'PostToolUse', additionalContext: context } }
}

/** Writes down who wrote what; resolves to what went wrong, in words, or null. */
async function record(files: readonly WrittenFile[], caller: HookCaller): Promise<string | null> {
  const at = Date.now()
  const source = `${caller} hook`
  const roots = [...new Set(files.map(({ root }) => root))]
  const writing = Promise.all(
    roots.map((root) =>
      recordLines(
        root,
        files
          .filter((each) => each.root === root)
          .flatMap(({ file, text, written }) =>
            written.map((range) => ({ file, source, score: 1, at, ...range, text })),
          ),
      ),
    ),
  ).then(
    () => null,
    (error: unknown) => failureData(error).message,
  )
  return Promise.race([writing, setTimeout(recordMillis, null, { ref: false })])
}

/** What an agent wrote to one file, where it stands now; null for what isn't inspected, isn't there or lies outside. */
async function writtenFile(
  { path, pieces }: AgentWrite,
  folders: readonly string[],
  time: LocatingTime,
): Promise<WrittenFile | 'no-project' | null> {
  if (!sourceName.test(path)) return null
  const place = await insideOf(path, folders)
  if (place === null) return null
  const found = await stat(place.path)
  // Reading a pipe would wait for ever.
  if (!found.isFile() || found.size > maximumFileBytes) return null
  const root = await projectRoot(place.path, place.folder)
  if (root === null) return 'no-project'
  const text = await readFile(place.path, 'utf8')
  const file = relative(root, place.path).split(sep).join('/')
  return { ...locateLines(text, pieces, time), root, folder: place.folder, file, text }
}

/** The real path of a file and the first of the folders that holds it, links followed. */
async function insideOf(
  path: string,
  folders: readonly string[],
): Promise<{ path: string; folder: string } | null> {
  for (const named of folders) {
    const folder = await realpath(named).catch(() => null)
    const real = await realpath(resolve(named, path)).catch(() => null)
    if (folder === null || real === null) continue
    const inside = relative(folder, real)
    if (inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)) return { path: real, folder }
  }
  return null
}

/**
 * The project as people open it: the nearest folder, no further up than the agent's own, in which Headroom has been set up;
 * else the agent's folder where it is a package; else the nearest package. Null where there is none.
 */
async function projectRoot(file: string, folder: string): Promise<string | null> {
  const above: string[] = []
  for (let each = dirname(file); ; each = dirname(each)) {
    above.push(each)
    if (each === folder || each === dirname(each)) break
  }
  const holding = async (...names: readonly string[]): Promise<string[]> => {
    const held = await Promise.all(
      above.map(async (each) =>
        (await Promise.all(names.map((name) => exists(join(each, name))))).includes(true),
      ),
    )
    return above.filter((_, index) => held[index])
  }
  const [configured] = await holding(configFileName, '.headroom')
  const packages = await holding('package.json')
  return configured ?? (packages.includes(folder) ? folder : (packages[0] ?? null))
}

function prefixOf({ root, folder }: WrittenFile): string {
  const path = relative(folder, root).split(sep).join('/')
  return path === '' ? '' : `${path}/`
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
