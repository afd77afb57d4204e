import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'

/** How deep below the project data directories are looked for. */
const depth = 2
const copyOrPart = /\.(?:headroom|partial)$/

export interface PgliteDirectory {
  /** As the variable has it, else `pglite:` and the path. */
  readonly url: string
  /** The environment variable that names it; null where the code itself does. */
  readonly variable: string | null
}

/** The data directory of a project that has PGlite installed; null where it has none, or several. */
export async function findPgliteDirectory(
  root: string,
  environment: NodeJS.ProcessEnv,
): Promise<PgliteDirectory | null> {
  if (!(await dependsOnPglite(root))) return null
  const [path, ...others] = await dataDirectories(root, depth)
  if (path === undefined || others.length > 0) return null
  const named = Object.entries(environment).find(
    ([, value = '']) =>
      value !== '' && resolve(root, value.replace(/^(?:pglite|file):(?:\/\/)?/i, '')) === path,
  )
  if (named?.[1] !== undefined) return { url: named[1], variable: named[0] }
  return { url: `pglite:./${relative(root, path).split(sep).join('/')}`, variable: null }
}

async function dependsOnPglite(root: string): Promise<boolean> {
  const text = await readFile(join(root, 'package.json'), 'utf8').catch(() => '')
  return text.includes('"@electric-sql/pglite"')
}

async function dataDirectories(folder: string, levels: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const folders = entries.filter(
    (entry) =>
      entry.isDirectory() &&
      entry.name !== 'node_modules' &&
      entry.name !== '.git' &&
      !copyOrPart.test(entry.name),
  )
  const found = await Promise.all(
    folders.map(async ({ name }) => {
      const path = join(folder, name)
      if (await isFile(join(path, 'PG_VERSION'))) return [path]
      return levels > 1 ? dataDirectories(path, levels - 1) : []
    }),
  )
  return found.flat()
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
