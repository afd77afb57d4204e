import { execFile } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import process from 'node:process'

const timeoutMillis = 20_000
const mostBytes = 256 * 1024 * 1024

/** A repository's own configuration may name programs to run, and change what is printed. */
const plain = [
  '-c core.quotepath=false',
  '-c core.fsmonitor=false',
  `-c core.hooksPath=${process.platform === 'win32' ? 'NUL' : '/dev/null'}`,
  '-c log.showSignature=false',
  '-c color.ui=false',
  '-c diff.noprefix=false',
  '-c diff.mnemonicPrefix=false',
].flatMap((option) => option.split(' '))

/** Whether git's index is the one that a running `git commit` names, or that of the repository. */
export interface GitOptions {
  readonly input?: string
  readonly ofRunningCommit?: boolean
  /** Ends git, which has failed then. */
  readonly signal?: AbortSignal
}

/** False where a face has forbidden it: what a repository's configuration may have git run needs a workspace that is trusted. */
export function isGitAllowed(): boolean {
  return process.env['HEADROOM_NO_GIT'] === undefined
}

/**
 * Runs git in a folder and gives what it prints; null where it fails, isn't installed, isn't allowed, or takes longer than
 * 20 s. It writes nothing, asks nothing, and fetches nothing. Callers put `--` before whatever they didn't write themselves.
 */
export async function git(
  folder: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string | null> {
  return (await gitBytes(folder, args, options))?.toString('utf8') ?? null
}

/** The same, with what git prints as it is. */
export async function gitBytes(
  folder: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<Buffer | null> {
  if (!isGitAllowed()) return null
  return new Promise((settle) => {
    const child = execFile(
      'git',
      ['-C', resolve(folder), ...plain, ...args],
      {
        // Windows looks for programs in the working directory first, and that may be a stranger's project.
        encoding: 'buffer',
        signal: options.signal,
        cwd: dirname(process.execPath),
        env: environment(options.ofRunningCommit ?? false),
        maxBuffer: mostBytes,
        timeout: timeoutMillis,
        windowsHide: true,
      },
      (error, out) => settle(error === null ? out : null),
    )
    // A git that ends before it has read everything says so by its exit code.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input ?? '')
  })
}

/** Within a hook git names its repository and index in the environment; ours is the one that the folder lies in. */
function environment(ofRunningCommit: boolean): NodeJS.ProcessEnv {
  const {
    GIT_DIR: _dir,
    GIT_WORK_TREE: _tree,
    GIT_PREFIX: _prefix,
    GIT_INDEX_FILE: index,
    ...rest
  } = process.env
  return {
    ...rest,
    ...(ofRunningCommit && index !== undefined ? { GIT_INDEX_FILE: resolve(index) } : {}),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_PAGER: 'cat',
  }
}
