import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installDebianPackages } from '../../setup/system-packages.ts'
import { installPeer } from '../peer-packages.ts'

/** Programs that the bench runs, by the Debian package that has them. */
const programs = [
  { program: 'nginx', debianPackage: 'nginx-light' },
  { program: 'wrk', debianPackage: 'wrk' },
  { program: 'taskset', debianPackage: 'util-linux' },
] as const

/** Installs what the engine is compared with, where it is missing. Throws a `SetupError` that says what to do. */
export async function installPeers(signal: AbortSignal): Promise<void> {
  const missing = programs.filter(({ program }) => findProgram(program) === null)
  if (missing.length > 0) {
    await installDebianPackages(
      missing.map(({ debianPackage }) => debianPackage),
      signal,
    )
  }
  await installPeer('autocannon', signal)
}

/** Where a program is on the PATH, or where Debian keeps servers; null where it is missing. */
export function findProgram(program: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? null
}
