import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, type RunOptions, SetupError } from '../lifetime.ts'
import { inRepository } from '../repository.ts'

/** The folder of a peer that a bench compares with: it has a package.json and a lock file of its own. */
export function peerFolder(name: string): string {
  return inRepository('scripts', 'bench', name)
}

/** Installs a peer beside its own lock file, where it isn't as that says. Throws where npm fails. */
export async function installPeer(name: string, signal: AbortSignal): Promise<void> {
  const folder = peerFolder(name)
  if (isInstalled(folder)) return
  console.error(`headroom: installing ${name} to compare with (npm ci) …`)
  const script = process.env['npm_execpath']
  const args = ['ci', '--no-audit', '--no-fund', '--prefer-offline']
  const options: RunOptions = { cwd: folder, signal, stdio: ['ignore', 2, 2] }
  const code = script?.endsWith('npm-cli.js')
    ? await run(process.execPath, [script, ...args], options)
    : await run('npm', args, { ...options, shell: process.platform === 'win32' })
  if (code !== 0) throw new SetupError(`${name} could not be installed; see the lines above.`)
}

function isInstalled(folder: string): boolean {
  const installed = join(folder, 'node_modules', '.package-lock.json')
  return existsSync(installed) && versions(installed) === versions(join(folder, 'package-lock.json'))
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
