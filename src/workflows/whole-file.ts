import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import { takeTurn } from './target-lock.ts'

/**
 * Writes a file as a whole or not at all: to a neighbour first, then renamed. Folders are made as needed, and a file that
 * was there keeps its permissions.
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const partial = `${file}.${randomUUID()}.partial`
  const mode = await stat(file).then(
    (there) => there.mode & 0o7777,
    () => null,
  )
  try {
    // Never more open on the way than in the end; what the process masks out of new files is put back after.
    await writeFile(partial, text, mode === null ? {} : { mode })
    if (mode !== null) await chmod(partial, mode)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/**
 * Changes a file as a whole: `change` gets its text, or null where there is none, and gives the new one, or null to leave
 * it as it is. Changes of one file wait for each other, so that none is lost; a link is followed. Throws `HR_FILE_EDIT`
 * where the file can't be read or written.
 */
export async function editWhole(file: string, change: (text: string | null) => string | null): Promise<void> {
  const real = await realpath(file).catch(() => resolve(file))
  const turn = await takeTurn(real)
  try {
    const text = await readFile(real, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw unchangeable(file, error)
    })
    const changed = change(text)
    if (changed === null || changed === text) return
    await writeWhole(real, changed).catch((error: NodeJS.ErrnoException) => {
      throw unchangeable(file, error)
    })
  } finally {
    await turn[Symbol.asyncDispose]()
  }
}

function unchangeable(file: string, cause: NodeJS.ErrnoException): Failure {
  const why =
    cause.code === undefined
      ? cause.message
      : `${cause.message.replace(/^\w+: ([^,]*).*$/, '$1')} (${cause.code})`
  return new Failure('HR_FILE_EDIT', l10n.t("{0} can't be changed: {1}.", basename(file), why), { cause })
}
