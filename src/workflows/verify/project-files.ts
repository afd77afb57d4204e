import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { git } from '../origins/git.ts'

/** What a project's folder holds, as a copy of its code needs to know it. Paths are relative, with forward slashes. */
export interface ProjectFiles {
  /** The top folder of the working tree, where git knows the project. */
  readonly top: string | null
  /** Files that are its own. */
  readonly own: readonly string[]
  /** Files and folders that belong to it and aren't its code: packages, data, what git ignores. */
  readonly others: readonly string[]
}

/** What is built from the code: a copy of other code must build its own. Headroom's and git's folders are no part at all. */
const left =
  /(?:^|\/)(?:\.git|\.headroom|dist|build|out|coverage|\.next|\.nuxt|\.output|\.svelte-kit|\.turbo|\.parcel-cache)(?:\/|$)|\.tsbuildinfo$/
const packages = /(?:^|\/)node_modules$/
/** What a database keeps beside its file, and finds there through the link as well. */
const besideDatabase = /-(?:wal|shm|journal)$/
/** Larger files are data. */
const largestBytes = 20_000_000
const sqliteHeader = 'SQLite format 3\0'

/** Lists a project's folder: as git sees it, else by walking it. */
export async function listProject(root: string): Promise<ProjectFiles> {
  const list = (...options: string[]): Promise<string | null> =>
    git(root, ['ls-files', '-z', ...options, '--exclude-standard'])
  const [top, known, ignored] = await Promise.all([
    git(root, ['rev-parse', '--show-toplevel']),
    list('--cached', '--others'),
    list('--others', '--ignored', '--directory'),
  ])
  if (top === null || known === null || ignored === null) return { top: null, ...(await walked(root, '')) }
  const own: string[] = []
  const others: string[] = []
  for (const path of ignored.split('\0'))
    if (path !== '' && !left.test(path)) others.push(path.replace(/\/$/, ''))
  for (const path of new Set(known.split('\0'))) {
    if (path === '' || besideDatabase.test(path)) continue
    // What ends with a slash is a repository of its own.
    if (path.endsWith('/') || (await isData(join(root, path)))) others.push(path.replace(/\/$/, ''))
    else own.push(path)
  }
  return { top: top.trimEnd(), own, others }
}

async function walked(root: string, folder: string): Promise<Omit<ProjectFiles, 'top'>> {
  const own: string[] = []
  const others: string[] = []
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (left.test(path) || besideDatabase.test(path)) continue
    if (packages.test(path) || (await isData(join(root, path)))) others.push(path)
    else if (!entry.isDirectory()) own.push(path)
    else {
      const inside = await walked(root, path)
      own.push(...inside.own)
      others.push(...inside.others)
    }
  }
  return { own, others }
}

/** Whether a path is a database, or a folder that holds one, or so large that it must be data; a submodule counts as well. */
async function isData(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  if (found === null) return false
  if (found.isDirectory()) return holdsDatabase(path)
  return found.isFile() && (found.size > largestBytes || (found.size > 0 && (await isSqlite(path))))
}

async function holdsDatabase(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries) {
    if (entry.name === 'PG_VERSION' || entry.name === '.git') return true
    if (entry.isFile() && (await isSqlite(join(folder, entry.name)))) return true
  }
  return false
}

async function isSqlite(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => null)
  if (handle === null) return false
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0)
    return buffer.subarray(0, bytesRead).toString('latin1') === sqliteHeader
  } finally {
    await handle.close()
  }
}
