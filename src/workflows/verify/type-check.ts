import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpath, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import type { CodeTrees } from './before-tree.ts'

const limitMillis = 60_000
const mostOutput = 4_000_000
const diagnostic = /^(?:(.+?)\(\d+,\d+\): )?error (TS\d+): (.*)$/

/** Type errors that a change brings; null where they can't be told, with the reason. */
export type TypeCheck =
  | { readonly kind: 'checked'; readonly added: readonly string[] }
  | { readonly kind: 'none' | 'failed' | 'too-slow' }

/**
 * What the project's own TypeScript says of the code after a change that it didn't say before, as `src/app.ts: TS2322`.
 * `none`: the project has no tsconfig.json, or no TypeScript. `signal` ends it.
 */
export async function checkTypes(root: string, trees: CodeTrees, signal: AbortSignal): Promise<TypeCheck> {
  const compiler = await compilerOf(root)
  if (compiler === null) return { kind: 'none' }
  const after = await errorsIn(await trees.folder('after'), compiler, signal)
  if (typeof after === 'string') return { kind: after }
  if (after.size === 0) return { kind: 'checked', added: [] }
  const before = await errorsIn(await trees.folder('before'), compiler, signal)
  if (typeof before === 'string') return { kind: before }
  const added = [...after].flatMap(([whole, short]) => (before.has(whole) ? [] : [short]))
  return { kind: 'checked', added: [...new Set(added)] }
}

/** The script of the TypeScript that the project installed; null where it checks no types. */
async function compilerOf(root: string): Promise<string | null> {
  const config = await stat(join(root, 'tsconfig.json')).catch(() => null)
  if (config === null) return null
  try {
    const manifest = createRequire(join(await realpath(root), 'package.json')).resolve(
      'typescript/package.json',
    )
    const script = join(dirname(manifest), 'bin', 'tsc')
    return (await stat(script)).isFile() ? script : null
  } catch {
    return null
  }
}

/** Errors without their lines, which every edit moves, and what to call them. */
async function errorsIn(
  folder: string,
  compiler: string,
  signal: AbortSignal,
): Promise<Map<string, string> | 'failed' | 'too-slow'> {
  const windows = process.platform === 'win32'
  // An incremental project keeps what it knows where it likes, and packages are links into the workspace.
  const kept = ['--incremental', '--tsBuildInfoFile', join(dirname(folder), 'headroom.tsbuildinfo')]
  const child = spawn(process.execPath, [compiler, '--noEmit', '--pretty', 'false', ...kept, '-p', '.'], {
    cwd: folder,
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
    // The script may start the compiler proper as a process of its own.
    detached: !windows,
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output.length < mostOutput) output += text
  })
  let tooSlow = false
  const end = (): void => {
    try {
      if (windows) child.kill('SIGKILL')
      else if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  const timer = setTimeout(() => {
    tooSlow = true
    end()
  }, limitMillis)
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  try {
    const code = await once(child, 'close').then(
      ([status]: unknown[]) => status,
      () => null,
    )
    if (tooSlow) return 'too-slow'
    const errors = readErrors(output, folder)
    return code === 0 || (typeof code === 'number' && errors.size > 0) ? errors : 'failed'
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

function readErrors(output: string, folder: string): Map<string, string> {
  const errors = new Map<string, string>()
  for (const line of output.split(/\r?\n/)) {
    const [, file = 'tsconfig.json', code, message = ''] = diagnostic.exec(line) ?? []
    if (code === undefined) continue
    const short = `${file.replaceAll('\\', '/')}: ${code}`
    errors.set(`${short} ${message.replaceAll(folder, '')}`, short)
  }
  return errors
}
