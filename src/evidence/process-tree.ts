import { execFile } from 'node:child_process'
import process from 'node:process'
import { promisify } from 'node:util'
import { allProcessStats } from './proc-stat.ts'

const run = promisify(execFile)

/** Processes and all their descendants, each once; only themselves where the system does not say. Never throws. */
export async function processTree(roots: readonly number[]): Promise<number[]> {
  const parents = await parentsOf().catch(() => new Map<number, number>())
  const tree = new Set(roots)
  // Grows while it is walked: children of children are found in their turn.
  for (const parent of tree) {
    for (const [pid, itsParent] of parents) if (itsParent === parent) tree.add(pid)
  }
  return [...tree]
}

/** Each process's parent. */
async function parentsOf(): Promise<Map<number, number>> {
  if (process.platform === 'linux') {
    return new Map((await allProcessStats()).map(({ pid, parent }) => [pid, parent]))
  }
  const list =
    process.platform === 'win32'
      ? run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', windowsQuery], {
          windowsHide: true,
        })
      : run('ps', ['-A', '-o', 'pid=,ppid='])
  const { stdout } = await list
  return new Map(
    stdout.split('\n').flatMap((line): [number, number][] => {
      const [pid, parent] = line.trim().split(/\s+/).map(Number)
      return pid === undefined || parent === undefined || Number.isNaN(pid + parent) ? [] : [[pid, parent]]
    }),
  )
}

const windowsQuery =
  'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId)" }'
