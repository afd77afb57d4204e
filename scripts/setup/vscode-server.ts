import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { capture, errorCode, SetupError } from '../lifetime.ts'
import { installDebianPackages } from './system-packages.ts'

const codeServerVersion = '4.139.1'
const stampName = '.complete'

/** Where large downloads are kept for all clones of one user: `$XDG_CACHE_HOME/headroom` or the system's like. */
export function cacheFolder(): string {
  const fallback = process.platform === 'win32' ? process.env['LOCALAPPDATA'] : join(homedir(), '.cache')
  return join(process.env['XDG_CACHE_HOME'] || (fallback ?? homedir()), 'headroom')
}

/** Native modules are compiled for one Node ABI: the stamp of an install names what it was made for. */
function stamp(): string {
  return `code-server ${codeServerVersion} for ${process.platform}-${process.arch}, ABI ${process.versions.modules}\n`
}

function serverFolder(install: string): string {
  return join(install, 'node_modules', 'code-server', 'lib', 'vscode')
}

/** The main script of the VS Code server in its folder. */
export function serverMain(folder: string): string {
  return join(folder, 'out', 'server-main.js')
}

/** Modules that are compiled during the install and without which no extension host or terminal starts. */
const nativeModules = ['node-pty', '@vscode/spdlog', '@parcel/watcher', 'kerberos']

/** Whether the server in an install folder starts and can load its native modules with this Node. */
async function works(install: string, signal: AbortSignal): Promise<boolean> {
  const folder = serverFolder(install)
  if (!existsSync(serverMain(folder))) return false
  const loads = nativeModules.map((name) => `require(${JSON.stringify(name)})`).join(';')
  const native = await capture(process.execPath, ['-e', loads], { cwd: folder, signal })
  const version = await capture(process.execPath, [serverMain(folder), '--version'], { signal })
  return native.code === 0 && version.code === 0
}

/** What `node-gyp` needs and Debian has under other names. */
function missingBuildPackages(): readonly string[] {
  if (process.platform !== 'linux') return []
  const needs: readonly (readonly [string, readonly string[]])[] = [
    ['libkrb5-dev', ['/usr/include/gssapi/gssapi.h', '/usr/include/gssapi.h']],
    ['build-essential', ['/usr/bin/g++']],
    ['python3', ['/usr/bin/python3', '/usr/local/bin/python3']],
  ]
  return needs.filter(([, files]) => !files.some((file) => existsSync(file))).map(([name]) => name)
}

async function npm(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const script = env['npm_execpath']
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--omit=dev']
  const { code, output } = script?.endsWith('npm-cli.js')
    ? await capture(process.execPath, [script, ...args, ...quiet], { cwd: folder, env, signal })
    : await capture('npm', [...args, ...quiet], {
        cwd: folder,
        env,
        signal,
        shell: process.platform === 'win32',
      })
  signal.throwIfAborted()
  if (code !== 0) {
    const end = output.split('\n').slice(-30).join('\n')
    throw new SetupError(
      `${end}\nnpm ${args.join(' ')} failed: see the lines above; the npm registry must be reachable.`,
    )
  }
}

/** npm asks for leave before it runs install scripts: these compile the server's native modules. */
const allowScripts = { 'code-server': true, argon2: true }

async function installInto(folder: string, signal: AbortSignal): Promise<void> {
  const headers = join(folder, 'node')
  await mkdir(headers, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts }))
  await writeFile(join(headers, 'package.json'), JSON.stringify({ private: true }))

  const platform = process.platform === 'win32' ? 'win' : process.platform
  const nodePackage = `node-${platform}-${process.arch}`
  await npm(headers, ['install', `${nodePackage}@${process.versions.node}`], process.env, signal)
  const node = join(headers, 'node_modules', nodePackage)
  const env = {
    ...process.env,
    npm_config_nodedir: node,
    PATH: [join(node, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
  }
  await npm(folder, ['install', `code-server@${codeServerVersion}`], env, signal)
}

/** Folders of installs whose process is gone: nobody will finish them. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    await rm(join(cache, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

async function isStamped(install: string): Promise<boolean> {
  return (await readFile(join(install, stampName), 'utf8').catch(() => null)) === stamp()
}

/**
 * The folder of a VS Code server, installed from npm (about three minutes, once a user) where the cache has none that
 * fits this Node. An install is made aside and renamed when it is complete, so that a half one is never used and two
 * clones may install at once. Throws {@link SetupError} where it can't be installed.
 */
export async function ensureVscodeServer(signal: AbortSignal): Promise<string> {
  if (process.platform === 'win32') {
    throw new SetupError(
      'The VS Code server from npm does not install on Windows; let VS Code be downloaded instead.',
    )
  }
  const cache = cacheFolder()
  const target = join(cache, `vscode-server-${codeServerVersion}`)
  if (await isStamped(target)) return serverFolder(target)

  await mkdir(cache, { recursive: true })
  await removeLeftovers(cache)
  if (await works(target, signal)) {
    await writeFile(join(target, stampName), stamp())
    return serverFolder(target)
  }
  const missing = missingBuildPackages()
  if (missing.length > 0) await installDebianPackages(missing, signal)

  console.error(`headroom: installing a VS Code server from npm into ${target} (once, about three minutes) …`)
  const partial = `${target}.partial-${process.pid}`
  try {
    await installInto(partial, signal)
    if (!(await works(partial, signal))) {
      throw new SetupError(
        'The VS Code server was installed but does not start; its native modules did not compile.',
      )
    }
    await writeFile(join(partial, stampName), stamp())
    if (await isStamped(target)) return serverFolder(target)
    await rm(target, { recursive: true, force: true })
    await rename(partial, target)
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
  return serverFolder(target)
}
