import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const windows = process.platform === 'win32'
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const signalNumbers: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
}

/** Leaders of the process groups that this process started and that have not ended yet. */
const groups = new Set<ChildProcess>()
const temporaryFolders = new Set<string>()
let guarded = false
/** True where {@link runScript} ends this process in good order. */
let ordered = false

function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + (signalNumbers[signal] ?? 0)
}

/** The system's code of an error (`ENOENT`), or null where it has none. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** Resolves to a child's exit code when all its output is read, 128 + n where signal n ended it. */
export function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? exitCodeOf(signal ?? 'SIGTERM')))
  })
}

/** Signals a whole group and says whether anything of it was left to signal; 0 only asks. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false
  try {
    return windows ? child.kill(signal) : process.kill(-child.pid, signal)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
    return false
  }
}

/** The last line of defence: whatever ends this process, short of SIGKILL, takes its groups and folders along. */
function guard(): void {
  if (guarded) return
  guarded = true
  process.on('exit', () => {
    for (const child of groups) signalGroup(child, 'SIGKILL')
    for (const folder of temporaryFolders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  if (ordered) return
  for (const signal of signals) process.on(signal, () => process.exit(exitCodeOf(signal)))
}

/** A folder of one's own in the system's temporary folder; disposing of it, or the end of this process, deletes it. */
export async function temporaryFolder(prefix: string): Promise<AsyncDisposable & { readonly path: string }> {
  guard()
  const path = await realpath(await mkdtemp(join(tmpdir(), prefix)))
  temporaryFolders.add(path)
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true, maxRetries: 5 })
      temporaryFolders.delete(path)
    },
  }
}

/**
 * Spawns a child as leader of a process group of its own, which {@link endGroup} ends as a whole and which never
 * outlives this process.
 */
export function spawnGroup(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  guard()
  const child = spawn(command, args, { ...options, detached: !windows })
  groups.add(child)
  return child
}

/**
 * Ends a group: asks its leader with `signal`, waits up to `graceMillis` for it to clean up, then asks whatever of the
 * group is left, and at last kills it.
 */
export async function endGroup(
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
  graceMillis = 5_000,
): Promise<void> {
  const leads = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined
  if (leads()) child.kill(signal)
  await until(() => !leads(), graceMillis)
  if (signalGroup(child, 'SIGTERM')) await until(() => !signalGroup(child, 0), 2_000)
  signalGroup(child, 'SIGKILL')
  groups.delete(child)
}

/** Looks every 20 ms whether `holds`, for at most `limitMillis`. */
async function until(holds: () => boolean, limitMillis: number): Promise<void> {
  const end = performance.now() + limitMillis
  while (!holds() && performance.now() < end) await sleep(20)
}

/** How {@link run} starts a command. `signal` ends its whole group. */
export interface RunOptions extends SpawnOptions {
  readonly signal?: AbortSignal
}

/**
 * Runs a command in its own process group to its end and gives its exit code, 128 + n where signal n ended it. Nothing
 * of the group is left when this resolves. Rejects where the command can't be started.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<number> {
  const { signal, ...spawnOptions } = options
  signal?.throwIfAborted()
  const child = spawnGroup(command, args, { stdio: 'inherit', ...spawnOptions })
  let ending = Promise.resolve()
  const abort = () => {
    ending = endGroup(child, 'SIGINT', 10_000)
  }
  signal?.addEventListener('abort', abort, { once: true })
  try {
    return await exitOf(child)
  } finally {
    signal?.removeEventListener('abort', abort)
    if (signal?.aborted) await ending
    else await endGroup(child)
  }
}

/** Runs a command as {@link run} does and gives its exit code with everything it printed to stdout and stderr. */
export async function capture(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number; output: string }> {
  let output = ''
  const { signal, ...spawnOptions } = options
  const child = spawnGroup(command, args, { ...spawnOptions, stdio: ['ignore', 'pipe', 'pipe'] })
  const abort = () => void endGroup(child)
  signal?.addEventListener('abort', abort, { once: true })
  child.stdout?.on('data', (chunk) => (output += String(chunk)))
  child.stderr?.on('data', (chunk) => (output += String(chunk)))
  try {
    const code = await exitOf(child)
    return { code, output }
  } finally {
    signal?.removeEventListener('abort', abort)
    groups.delete(child)
  }
}

/** What a script works within: `signal` aborts on Ctrl-C, `cleanup` is disposed of whatever happens. */
export interface ScriptLifetime {
  readonly signal: AbortSignal
  readonly cleanup: AsyncDisposableStack
}

/**
 * Runs a script to its exit code. The first Ctrl-C (or SIGTERM, SIGHUP) aborts its signal and lets it clean up, a
 * second one ends it at once; an error is printed as one sentence, or with its stack where it isn't an expected one.
 */
export async function runScript(main: (lifetime: ScriptLifetime) => Promise<number>): Promise<void> {
  ordered = true
  const controller = new AbortController()
  let exitSignal: NodeJS.Signals | null = null
  for (const signal of signals) {
    process.on(signal, () => {
      if (exitSignal !== null) process.exit(exitCodeOf(signal))
      exitSignal = signal
      controller.abort()
    })
  }
  let code = 1
  try {
    await using cleanup = new AsyncDisposableStack()
    code = await main({ signal: controller.signal, cleanup })
  } catch (error) {
    if (!controller.signal.aborted) console.error(error instanceof SetupError ? error.message : error)
  }
  process.exitCode = exitSignal === null ? code : exitCodeOf(exitSignal)
}

/** Something the machine lacks: the message says in one sentence what to do. */
export class SetupError extends Error {}
