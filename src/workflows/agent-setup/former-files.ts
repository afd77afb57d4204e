import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failureData } from '../../model/failure.ts'
import { keptFile, makeKeptFile } from '../kept-file.ts'
import { editWhole } from '../whole-file.ts'

/**
 * What files were before Headroom's entries were put in, where taking these out again can't tell: null for those that were
 * not there, else the text, which held nothing. And the folders that were made for them.
 */
export interface FormerFiles {
  readonly files: Readonly<Record<string, string | null>>
  readonly folders: readonly string[]
}

const noteFile = '.headroom/agent-files.json'
const nothing: FormerFiles = { files: {}, folders: [] }

/** The note that was kept of a project's files; an empty one where there is none, or none that can be read. */
export async function readFormerFiles(root: string): Promise<FormerFiles> {
  const text = await keptFile(root, noteFile)
    .then((path) => readFile(path, 'utf8'))
    .catch(() => null)
  return formerIn(text)
}

/**
 * Notes what a file is before an entry is put in; undefined for one that is given back by taking the entry out. A note that
 * can't be written isn't needed: without one, a file is left there empty.
 */
export async function noteFormer(root: string, file: string, was: string | null | undefined): Promise<void> {
  const made = was === null ? await missingFolders(root, file) : []
  await change(root, ({ files, folders }) => {
    const others = Object.entries(files).filter(([name]) => name !== file)
    const own: [string, string | null][] = was === undefined ? [] : [[file, was]]
    return {
      files: Object.fromEntries([...others, ...own]),
      folders: [...new Set([...folders, ...made])],
    }
  })
}

/**
 * Takes the folders away that were made for a file and hold nothing any more, and forgets the file; so it does with files that
 * were made, and are taken away by hand by now.
 */
export async function forgetFormer(root: string, file: string): Promise<void> {
  const gone: string[] = []
  const { files, folders } = await readFormerFiles(root)
  for (const made of Object.keys(files).filter((each) => files[each] === null)) {
    if (!(await isThere(join(root, made)))) gone.push(made)
  }
  for (const folder of foldersOf(file).filter((each) => folders.includes(each))) {
    const isGone = await rmdir(join(root, folder)).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    )
    if (isGone) gone.push(folder)
  }
  await change(root, (former) => {
    const known = Object.entries(former.files).filter(([name]) => name !== file && !gone.includes(name))
    const made = former.folders.filter((folder) => !gone.includes(folder))
    return { files: Object.fromEntries(known), folders: known.length === 0 ? [] : made }
  })
}

/** Changes the note; an empty one goes, and with it the folder that was only made for it. */
async function change(root: string, to: (former: FormerFiles) => FormerFiles): Promise<void> {
  const before = await readFormerFiles(root)
  if (isEmpty(before) && isEmpty(to(before))) return
  try {
    const path = await makeKeptFile(root, noteFile)
    await editWhole(path, (text) => `${JSON.stringify(to(formerIn(text)), null, 2)}\n`)
    if (isEmpty(await readFormerFiles(root))) await removeNote(root, path)
  } catch (error) {
    if (failureData(error).code !== 'HR_FILE_EDIT') throw error
  }
}

function isEmpty({ files, folders }: FormerFiles): boolean {
  return Object.keys(files).length + folders.length === 0
}

async function removeNote(root: string, path: string): Promise<void> {
  await rm(path, { force: true })
  const folder = join(root, '.headroom')
  const ignore = join(folder, '.gitignore')
  const names = await readdir(folder)
  const isOurs = (await readFile(ignore, 'utf8').catch(() => null)) === '*\n'
  if (names.length > 1 || !isOurs) return
  await rm(ignore)
  await rmdir(folder)
}

/** Inner ones first. */
function foldersOf(file: string): string[] {
  const folders: string[] = []
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) folders.push(folder)
  return folders
}

async function missingFolders(root: string, file: string): Promise<string[]> {
  const missing: string[] = []
  for (const folder of foldersOf(file)) {
    if (!(await isThere(join(root, folder)))) missing.push(folder)
  }
  return missing
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function formerIn(text: string | null): FormerFiles {
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (typeof value !== 'object' || value === null) return nothing
    const { files, folders } = { files: {}, folders: [], ...value }
    if (typeof files !== 'object' || files === null || !Array.isArray(folders)) return nothing
    const known = Object.entries(files).filter(
      (entry): entry is [string, string | null] => entry[1] === null || typeof entry[1] === 'string',
    )
    return { files: Object.fromEntries(known), folders: folders.filter((each) => typeof each === 'string') }
  } catch {
    return nothing
  }
}
