import { join } from 'node:path'
import { installPeer, peerFolder } from './peer-packages.ts'
import { measureProcess, type ProcessMeasure } from './processes.ts'

const folder = peerFolder('eslint')
const program = join(folder, 'node_modules', 'eslint', 'bin', 'eslint.js')

/** Installs ESLint. It is apart because its TypeScript parser needs an older compiler. */
export async function installEslint(signal: AbortSignal): Promise<void> {
  await installPeer('eslint', signal)
}

/** Runs ESLint with `no-await-in-loop` alone on all TypeScript below a folder, in a fresh process. Throws where it fails. */
export async function lint(project: string, signal: AbortSignal): Promise<ProcessMeasure> {
  const config = join(folder, 'eslint.config.js')
  const args = ['--config', config, '--format', 'json', '.']
  const measure = await measureProcess(program, args, { cwd: project, signal, limitMillis: 600_000 })
  const results: readonly { messages: readonly { fatal?: boolean }[] }[] =
    measure.exitCode <= 1 ? JSON.parse(measure.stdout) : []
  const isRead = results.length > 0 && !results.some(({ messages }) => messages.some(({ fatal }) => fatal))
  if (!isRead) throw new Error(`ESLint could not read the generated files.\n${measure.stderr}`)
  return measure
}
