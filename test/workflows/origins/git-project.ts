import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A real git repository in a folder of its own. */
export interface GitProject extends AsyncDisposable {
  readonly root: string
  git(...args: readonly string[]): Promise<string>
  write(file: string, text: string): Promise<void>
  /** Commits everything, by a person unless `author` says otherwise, and gives the commit's id. */
  commit(message: string, author?: string): Promise<string>
}

export async function gitProject(): Promise<GitProject> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'headroom-git-')))
  const git = async (...args: readonly string[]): Promise<string> => {
    const identity = ['-c', 'user.name=Pat Example', '-c', 'user.email=pat@example.test']
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
    const { stdout } = await run('git', [...identity, ...args], { cwd: root, env })
    return stdout.trim()
  }
  await git('init', '--quiet', '--initial-branch=main')
  return {
    root,
    git,
    write: async (file, text) => {
      await mkdir(dirname(join(root, file)), { recursive: true })
      await writeFile(join(root, file), text)
    },
    commit: async (message, author) => {
      await git('add', '--all')
      const by = author === undefined ? [] : [`--author=${author}`]
      await git('commit', '--quiet', '--allow-empty', '--message', message, ...by)
      return git('rev-parse', 'HEAD')
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}
