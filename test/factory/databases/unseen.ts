import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const guardProcess = fileURLToPath(new URL('guard-process.ts', import.meta.url))

const ownProcessList = ['--pid', '--fork', '--mount-proc']

/** Why {@link passUnseen} can't run here; false where it can. */
export const skipUnseen =
  spawnSync('unshare', [...ownProcessList, 'true']).status === 0
    ? false
    : 'needs root on Linux, for a process list of its own'

/**
 * Runs the guards in a process that sees none of the others, as in a container beside the server's; gives `passed`, or
 * the failure's code and message.
 */
export async function passUnseen(url: string): Promise<string> {
  return (await run('unshare', [...ownProcessList, process.execPath, guardProcess, url])).stdout.trim()
}
