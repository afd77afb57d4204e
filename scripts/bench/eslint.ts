import { existsSync, readFileSync } from 'node:fs'
import { run, type RunOptions, SetupError } from '../lifetime.ts'
import { inRepository } from '../repository.ts'
import { measureProcess, type ProcessMeasure } from './processes.ts'

const folder = inRepository('scripts', 'bench', 'eslint')
const program = inRepository('scripts', 'bench', 'eslint', 'node_modules', 'eslint', 'bin', 'eslint.js')

/** Installs ESLint beside its own lock file, where it isn't as that says. It is apart because its TypeScript parser needs an older compiler. */
export async function installEslint(signal: AbortSignal): Promise<void> {
  if (isInstalled()) return
  console.error('headroom: installing ESLint to compare with (npm ci) …')
  const script = process.env['npm_execpath']
  const args = ['ci', '--no-audit', '--no-fund', '--prefer-offline']
  const options: RunOptions = { cwd: folder, signal, stdio: ['ignore', 2, 2] }
  const code = script?.endsWith('npm-cli.js')
    ? await run(process.execPath, [script, ...args], options)
    : await run('npm', args, { ...options, shell: process.platform === 'win32' })
  if (code !== 0) throw new SetupError('ESLint could not be installed; see the lines above.')
}

/** Runs ESLint with `no-await-in-loop` alone on all TypeScript below a folder, in a fresh process. Throws where it fails. */
export async function lint(project: string, signal: AbortSignal): Promise<ProcessMeasure> {
  const config = inRepository('scripts', 'bench', 'eslint', 'eslint.config.js')
  const args = ['--config', config, '--format', 'json', '.']
  const measure = await measureProcess(program, args, { cwd: project, signal, limitMillis: 600_000 })
  const results: readonly { messages: readonly { fatal?: boolean }[] }[] =
    measure.exitCode <= 1 ? JSON.parse(measure.stdout) : []
  const isRead = results.length > 0 && !results.some(({ messages }) => messages.some(({ fatal }) => fatal))
  if (!isRead) throw new Error(`ESLint could not read the generated files.\n${measure.stderr}`)
  return measure
}

function isInstalled(): boolean {
  const installed = inRepository('scripts', 'bench', 'eslint', 'node_modules', '.package-lock.json')
  return (
    existsSync(installed) &&
    versions(installed) === versions(inRepository('scripts', 'bench', 'eslint', 'package-lock.json'))
  )
}

/** The packages of a lock file and their versions, without what only other systems install. */
function versions(lockFile: string): string {
  const { packages }: { packages: Record<string, { version?: string; optional?: boolean }> } = JSON.parse(
    readFileSync(lockFile, 'utf8'),
  )
  return Object.entries(packages)
    .filter(([path, { optional }]) => path !== '' && optional !== true)
    .map(([path, { version }]) => `${path}@${version}`)
    .toSorted()
    .join('\n')
}
