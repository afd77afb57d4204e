import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { takeTurn } from './target-lock.ts'

/**
 * Writes a file as a whole or not at all: to a neighbour first, then renamed. Folders are made as needed, and a file that
 * was there keeps its permissions.
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const partial = `${file}.${randomUUID()}.partial`
  const mode = await stat(file).then(
    (there) => there.mode,
    () => 0o666,
  )
  try {
    await writeFile(partial, text, { mode })
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/**
 * Changes a file as a whole: `change` gets its text, or null where there is none, and gives the new one, or null to leave
 * it as it is. Changes of one file wait for each other, so that none is lost.
 */
export async function editWhole(
  file: string,
  change: (text: string | null) => string | null | Promise<string | null>,
): Promise<void> {
  await using _turn = await takeTurn(resolve(file))
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  const changed = await change(text)
  if (changed !== null && changed !== text) await writeWhole(file, changed)
}
