import { constants, copyFile, lstat, mkdir, mkdtemp, readdir, readlink, realpath } from 'node:fs/promises'
import { rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import process from 'node:process'
import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import { listProject, type ProjectFiles } from './project-files.ts'

/** One file of a project before and after a change; null where it isn't there. `file` is relative, with forward slashes. */
export interface ChangedFile {
  readonly file: string
  readonly before: string | null
  readonly after: string | null
}

export type Side = 'before' | 'after'

/** The code before and after a change, each in a folder of its own beside the project, which stays as it is. */
export interface CodeTrees extends AsyncDisposable {
  /** The project's folder on one side; made when it is first asked for. */
  folder(side: Side): Promise<string>
}

const copyName = 'headroom-verify-'
/** What `mkdtemp` makes of it. Others' folders may begin alike. */
const copyNames = /^headroom-verify-(\d+)-[A-Za-z0-9]{6}$/
const forgottenMillis = 3_600_000
/** So many files are copied at the same time. */
const atOnce = 32

/**
 * Copies a project's own files into temporary folders, with the changed files as they were and as they are. Packages, data
 * and everything else that isn't code are links, so that both sides use the same database files; what is built from code
 * is left out. Disposing removes the copies. Throws `HR_FILE` for a changed file outside of the project.
 */
export function openTrees(root: string, files: readonly ChangedFile[]): CodeTrees {
  for (const { file } of files) {
    if (isAbsolute(file) || relative(root, resolve(root, file)).split(sep)[0] === '..') {
      throw new Failure('HR_FILE', l10n.t('{0} is no file of this project.', file.slice(0, 120)))
    }
  }
  const parents: string[] = []
  const listed = memoized(async () => {
    await removeForgotten()
    const real = await realpath(root)
    return { real, project: await listProject(real) }
  })
  const make = async (side: Side): Promise<string> => {
    const { real, project } = await listed()
    const parent = await mkdtemp(join(await realpath(tmpdir()), `${copyName}${process.pid}-`))
    parents.push(parent)
    const folder = await surround(real, project.top, parent)
    await copyProject(real, folder, project)
    // A file may have become a folder, or the other way round.
    for (const each of files) if (each[side] === null) await removeCopy(folder, each.file)
    for (const each of files) if (each[side] !== null) await place(folder, each.file, each[side])
    return folder
  }
  const folders = { before: memoized(() => make('before')), after: memoized(() => make('after')) }
  return {
    folder: (side) => folders[side](),
    async [Symbol.asyncDispose]() {
      for (const parent of parents.splice(0)) {
        // A server that is ending may write once more.
        await rm(parent, { recursive: true, force: true, maxRetries: 5 })
      }
    },
  }
}

/** Copies that a process left behind which was killed; its id may belong to another one by now. */
async function removeForgotten(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = copyNames.exec(name) ?? []
    if (pid === undefined) continue
    const path = join(tmpdir(), name)
    const made = await lstat(path).catch(() => null)
    const isOld = made?.isDirectory() === true && Date.now() - made.mtimeMs > forgottenMillis
    // Other users' copies can't be removed, and are theirs to remove.
    if (isOld && !isAlive(Number(pid)))
      await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function memoized<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null
  return () => (made ??= make())
}

/**
 * The place of the copy: as deep below `parent` as the project is below the top of its working tree, with links to what
 * stands beside on the way, so that `../shared` and packages installed further up are found.
 */
async function surround(root: string, top: string | null, parent: string): Promise<string> {
  const realTop = top === null ? root : await realpath(top)
  const steps = relative(realTop, root)
    .split(sep)
    .filter((step) => step !== '')
  let [from, to] = [realTop, join(parent, basename(realTop))]
  await mkdir(to)
  for (const step of steps) {
    const names = (await readdir(from)).filter((name) => name !== step && name !== '.git')
    for (const name of names) await link(join(from, name), join(to, name))
    ;[from, to] = [join(from, step), join(to, step)]
    await mkdir(to)
  }
  return to
}

async function copyProject(root: string, folder: string, { own, others }: ProjectFiles): Promise<void> {
  for (const folderOf of new Set([...own, ...others].map((path) => dirname(path)))) {
    await mkdir(join(folder, folderOf), { recursive: true })
  }
  for (const path of others) await link(join(root, path), join(folder, path))
  for (let at = 0; at < own.length; at += atOnce) {
    await Promise.all(
      own.slice(at, at + atOnce).map((path) => copyOwn(root, join(root, path), join(folder, path))),
    )
  }
}

/** A file that git knows may have been deleted; a link inside of the project leads to the copy's own file. */
async function copyOwn(root: string, from: string, to: string): Promise<void> {
  const found = await lstat(from).catch(() => null)
  if (found === null) return
  if (found.isSymbolicLink()) {
    const target = await readlink(from)
    const leadsOut = isAbsolute(target) || relative(root, resolve(dirname(from), target)).startsWith('..')
    if (leadsOut) await link(from, to)
    else await symlink(target, to)
  } else if (found.isDirectory()) {
    // A repository of its own; else a folder in the place of a file that git knows, which is copied already.
    if ((await lstat(to).catch(() => null)) === null) await link(from, to)
  } else if (found.isFile()) await copyFile(from, to, constants.COPYFILE_FICLONE)
}

/** A link to a file or folder; nothing where that isn't there. */
async function link(target: string, path: string): Promise<void> {
  const found = await stat(target).catch(() => null)
  if (found !== null) await symlink(target, path, found.isDirectory() ? 'junction' : 'file')
}

/** Gives a file of the copy its text. Never writes through a link, which would lead back into the project. */
async function place(folder: string, file: string, text: string): Promise<void> {
  const steps = file.split('/')
  let path = folder
  for (const step of steps.slice(0, -1)) {
    path = join(path, step)
    const found = await lstat(path).catch(() => null)
    if (found?.isSymbolicLink() === true) await unfold(path)
    else if (found?.isDirectory() !== true) {
      await rm(path, { force: true })
      await mkdir(path)
    }
  }
  path = join(path, steps.at(-1) ?? '')
  await rm(path, { recursive: true, force: true })
  await writeFile(path, text)
}

/** Takes a file out of the copy; a folder in its place stays. */
async function removeCopy(folder: string, file: string): Promise<void> {
  const steps = file.split('/')
  let path = folder
  for (const step of steps) {
    path = join(path, step)
    const found = await lstat(path).catch(() => null)
    if (found === null) return
    const isLast = path === join(folder, file)
    if (isLast && !found.isDirectory()) await rm(path)
    else if (found.isSymbolicLink()) await unfold(path)
    else if (!found.isDirectory()) return
  }
}

/** Puts a folder of links in the place of a link to a folder. */
async function unfold(path: string): Promise<void> {
  const target = await realpath(path)
  await rm(path)
  await mkdir(path)
  for (const name of await readdir(target)) await link(join(target, name), join(path, name))
}
