import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

/** The hook alone, beside the command line. */
export const hookFileName = 'headroom-hook.cjs'

/** How agents start Headroom in a project. */
export interface AgentCommand {
  /** The command line's file for `node`; null where npx has to find it. */
  readonly entry: string | null
  /** The hook's own file, which loads faster; null where there is none and the command line does it. */
  readonly hookFile: string | null
  /** Whether these are relative to the project, so that the files may be committed: nothing in them belongs to this machine. */
  readonly isShared: boolean
}

/**
 * The project's own Headroom where it has one, else the command line at `cliFile`. An installed one is started by `node`:
 * npx takes a third of a second, which a hook has at every edit, and on Windows needs a shell. npx is never to ask the
 * registry: a package of that name may be anybody's.
 */
export async function agentCommand(root: string, cliFile: string): Promise<AgentCommand> {
  const own = await ownEntry(root)
  const isShared = own !== null || (await hasDependency(root))
  const entry = isShared ? own : cliFile
  const hookFile = entry === null ? null : join(dirname(entry), hookFileName).split(sep).join('/')
  const hasHook = hookFile !== null && (await isFile(resolve(root, hookFile)))
  return { entry, hookFile: hasHook ? hookFile : null, isShared }
}

/** How a person or an agent starts Headroom in a shell, in the project. */
export async function shellCommand(root: string, cliFile: string): Promise<string> {
  const inside = relative(root, cliFile)
  const isOwn = inside.startsWith(`node_modules${sep}`) && !isAbsolute(inside)
  return isOwn || (await ownEntry(root)) !== null
    ? 'npx --no-install headroom'
    : `node ${shellQuoted(cliFile)}`
}

/** The project's own command line, relative to it, where it is installed and its path is the same everywhere. */
async function ownEntry(root: string): Promise<string | null> {
  const folder = 'node_modules/headroom'
  const manifest = await json(join(root, folder, 'package.json'))
  const bin = manifest?.['bin']
  const entry = typeof bin === 'object' && bin !== null ? Reflect.get(bin, 'headroom') : bin
  if (typeof entry !== 'string' || !/^(?:\.\/)?[\w./-]+$/.test(entry) || entry.includes('..')) return null
  const path = `${folder}/${entry.replace(/^\.\//, '')}`
  return (await isFile(join(root, path))) ? path : null
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

async function hasDependency(root: string): Promise<boolean> {
  const manifest = await json(join(root, 'package.json'))
  return ['dependencies', 'devDependencies', 'optionalDependencies'].some((kind) => {
    const packages = manifest?.[kind]
    return typeof packages === 'object' && packages !== null && Object.hasOwn(packages, 'headroom')
  })
}

async function json(file: string): Promise<Record<string, unknown> | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

/** One word for a POSIX shell, PowerShell and cmd.exe alike; a file name holds no double quotes on Windows. */
export function shellQuoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `"${path.replaceAll(/["$`\\]/g, sep === '/' ? '\\$&' : '$&')}"`
}
