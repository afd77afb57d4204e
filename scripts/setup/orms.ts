import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, SetupError } from '../lifetime.ts'
import { inRepository } from '../repository.ts'

const folder = inRepository('test', 'orms')

/** What of a lock file, or of npm's record of what it installed, tells whether the two agree. */
interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>
}

/** Installs the ORMs that fixes are tested against, unless what the lock file says is there. */
export async function ensureOrms(signal: AbortSignal): Promise<void> {
  if (isInstalled()) return
  console.log('Installing the ORMs that fixes are tested against (npm ci) …')
  const script = process.env['npm_execpath']
  // None of them needs its install script here, and some of these would download binaries.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  const code = script?.endsWith('npm-cli.js')
    ? await run(process.execPath, [script, ...args], { cwd: folder, signal })
    : await run('npm', args, { cwd: folder, signal, shell: process.platform === 'win32' })
  if (code !== 0) throw new SetupError(`npm ci failed in test/orms: exit code ${code}, see the lines above.`)
}

/** Whether npm's own record, which it writes last of all, holds every version of the lock file. */
function isInstalled(): boolean {
  const wanted = lockIn('package-lock.json')
  const present = lockIn(join('node_modules', '.package-lock.json'))
  if (!wanted || !present) return false
  return Object.entries(wanted.packages).every(
    ([path, { version, optional }]) =>
      path === '' || optional === true || present.packages[path]?.version === version,
  )
}

function lockIn(file: string): Lock | null {
  try {
    return JSON.parse(readFileSync(join(folder, file), 'utf8'))
  } catch {
    return null
  }
}
