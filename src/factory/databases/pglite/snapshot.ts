import { constants } from 'node:fs'
import { cp, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../../model/failure.ts'
import { formatBytes } from '../../../model/format.ts'
import { type DataDirectory, freeBytes } from './directory.ts'

/** Left free on the disk beside a copy and what is going to be loaded into it. */
const reserveBytes = 2 * 1024 ** 3
const attempts = 10
/** Longer than the clock of any file system stands still: what changes after a look has another time than before it. */
const stillMillis = 50

/** What a directory holds, at one moment. */
interface Listing {
  /** Equal where nothing was written in between. */
  readonly state: string
  readonly bytes: number
  readonly youngestMillis: number
}

/**
 * Copies a data directory to a place where nothing is yet, as it was at one moment, while a program may have it open. The
 * files of every moment make a whole database, as after a crash, and the copy counts only where none was written meanwhile.
 * Throws `HR_COPY_SPACE` where there is no room in `parent`, and `HR_COPY_IN_USE` where a program never stops writing.
 */
export async function copyDirectory(
  { path, display }: DataDirectory,
  to: string,
  parent: string,
): Promise<void> {
  requireSpace(display, (await list(path)).bytes, parent)
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      if (await tryCopy(path, to)) return
    } catch (error) {
      // A file went away while it was looked at or copied.
      if (!isMissing(error)) throw error
    }
    await rm(to, { recursive: true, force: true })
    await sleep(stillMillis * (attempt + 1))
  }
  throw new Failure(
    'HR_COPY_IN_USE',
    l10n.t(
      'A program keeps writing into {0}. Stop your dev server, then try again. Nothing was written.',
      display,
    ),
    { actions: [{ id: 'retry', title: l10n.t('Retry') }] },
  )
}

async function tryCopy(path: string, to: string): Promise<boolean> {
  const before = await list(path)
  if (Date.now() - before.youngestMillis < stillMillis) return false
  await cp(path, to, {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (source) => basename(source) !== 'postmaster.pid',
  })
  return (await list(path)).state === before.state
}

async function list(path: string): Promise<Listing> {
  const names = await readdir(path, { recursive: true })
  const files = await Promise.all(
    names.toSorted().map(async (name) => ({ name, ...(await look(join(path, name))) })),
  )
  return {
    state: JSON.stringify(files),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    youngestMillis: files.reduce((youngest, { changedMillis }) => Math.max(youngest, changedMillis), 0),
  }
}

async function look(path: string) {
  const { size, mtimeMs, ctimeMs, ino } = await stat(path)
  return { bytes: size, changedMillis: Math.max(mtimeMs, ctimeMs), inode: ino }
}

function requireSpace(display: string, bytes: number, parent: string): void {
  const free = freeBytes(parent)
  if (free >= bytes + reserveBytes) return
  throw new Failure(
    'HR_COPY_SPACE',
    l10n.t(
      'A copy of {0} needs {1}, and {2} are free, of which {3} are left alone. Nothing was written.',
      display,
      formatBytes(bytes),
      formatBytes(free),
      formatBytes(reserveBytes),
    ),
  )
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
