import { execFile } from 'node:child_process'
import { closeSync, openSync, statSync } from 'node:fs'
import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../../model/failure.ts'
import type { DataDirectory } from './directory.ts'

const run = promisify(execFile)
const answerMillis = 20_000
const longestTitle = 80
/** The factory's own child, as a source file and as it is bundled. */
const headroomProcess = /factory[/-]child\.(?:ts|cjs)/

/** A process that has files of a directory open. */
export interface DirectoryUser {
  /** Null where the system doesn't tell who it is. */
  readonly pid: number | null
  /** Its command line; empty where the system doesn't tell. */
  readonly title: string
}

/** Directories that this process has open. */
const own = new Set<string>()

/** That this process uses a directory, for others to see until it is disposed. */
export interface Hold extends Disposable {
  /** Throws `HR_DATABASE_LOCKED` where another process has opened the directory since, as far as the system tells. */
  check(): Promise<void>
}

/**
 * Takes a directory for this process, or gives who uses it. PGlite itself lets any number of processes open one, which
 * corrupts it. The hold is an open file: whoever looks afterwards sees it, so that of two at once never both go on, and it
 * ends with its process.
 */
export async function hold({ path, display }: DataDirectory): Promise<Hold | DirectoryUser> {
  const real = await realpath(path)
  if (own.has(real)) return { pid: process.pid, title: process.argv.join(' ') }
  const file = openSync(join(real, 'PG_VERSION'), 'r')
  own.add(real)
  const release = () => {
    closeSync(file)
    own.delete(real)
  }
  const other = await userOf(real).catch(() => unknownUser)
  if (other === null) return { check: () => requireAlone(real, display), [Symbol.dispose]: release }
  release()
  return other
}

/** The sentence for people whose program has the directory open. */
export function inUse({ display }: DataDirectory, { pid, title }: DirectoryUser): Failure {
  if (headroomProcess.test(title)) {
    return new Failure(
      'HR_SEED_BUSY',
      l10n.t('Another Headroom run has {0} open. Wait until it is done, then try again.', display),
    )
  }
  return new Failure(
    'HR_DATABASE_LOCKED',
    pid === null
      ? l10n.t(
          'A program has {0} open, and PGlite allows only one at a time. Stop your dev server, try again, and start it afterwards. If none runs, it was killed: remove {0}/postmaster.pid. Nothing was written.',
          display,
        )
      : l10n.t(
          '{0} has {1} open, and PGlite allows only one at a time. Stop your dev server, try again, and start it afterwards. Nothing was written.',
          nameOf({ pid, title }),
          display,
        ),
    { actions: [{ id: 'retry', title: l10n.t('Retry') }] },
  )
}

const unknownUser: DirectoryUser = { pid: null, title: '' }

function nameOf({ pid, title }: DirectoryUser): string {
  if (pid === null) return l10n.t('A program')
  const command = title.replace(/^\S*[\\/]/, '').replaceAll(/\s+/g, ' ')
  const shown = command.length > longestTitle ? `${command.slice(0, longestTitle)}…` : command
  return l10n.t('`{0}` (process {1})', shown, pid)
}

async function requireAlone(real: string, display: string): Promise<void> {
  const other = seesOpenFiles ? await userOf(real) : null
  if (other === null) return
  throw new Failure(
    'HR_DATABASE_LOCKED',
    l10n.t(
      '{0} has opened {1} while Headroom was writing, and PGlite allows only one at a time. Stop it at once: the rows that were added can be undone.',
      nameOf(other),
      display,
    ),
    { actions: [{ id: 'undo-seed', title: l10n.t('Undo'), commandLine: '--undo' }] },
  )
}

/** Elsewhere a file says that the directory is open, which is this process' own once it has opened it. */
const seesOpenFiles = process.platform === 'linux' || process.platform === 'darwin'

/** Another process that has the directory open; null where there is none that this user may see. */
async function userOf(real: string): Promise<DirectoryUser | null> {
  if (process.platform === 'linux') return onLinux(real)
  if (process.platform === 'darwin') return onMac(real)
  // PGlite writes this file when it opens a directory, and leaves it behind when it is killed.
  return statSync(join(real, 'postmaster.pid'), { throwIfNoEntry: false }) === undefined ? null : unknownUser
}

async function onLinux(real: string): Promise<DirectoryUser | null> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid)
  const found = await Promise.all(pids.map(async (pid) => ((await hasOpen(pid, real)) ? pid : null)))
  const pid = found.find((each) => each !== null)
  if (pid === undefined || pid === null) return null
  const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return { pid, title: title.replaceAll('\0', ' ').trim() }
}

async function hasOpen(pid: number, real: string): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const file of files) {
    const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')
    if (target.startsWith(real + sep)) return true
  }
  return false
}

async function onMac(real: string): Promise<DirectoryUser | null> {
  // It ends with 1 where it finds nothing.
  const { stdout } = await run('lsof', ['-w', '-Fp', '+D', real], { timeout: answerMillis }).catch(
    (error: unknown) => ({ stdout: outputOf(error) }),
  )
  const pids = [...stdout.matchAll(/^p(\d+)$/gm)].map(([, pid]) => Number(pid))
  const pid = pids.find((each) => each !== process.pid)
  if (pid === undefined) return null
  const { stdout: title } = await run('ps', ['-p', String(pid), '-o', 'command='], { timeout: answerMillis })
  return { pid, title: title.trim() }
}

function outputOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 1 && 'stdout' in error)
    return String(error.stdout)
  throw error
}
