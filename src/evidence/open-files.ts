import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What macOS knows of processes through `lsof`: for each process, names of its files (`*:3000`, `/Users/me/app`). */
export type OpenFiles = ReadonlyMap<number, readonly string[]>

/** The listening TCP sockets of all processes, or of those that `selection` names. Throws where there is no `lsof`. */
export function openFilesOf(selection: readonly string[]): Promise<OpenFiles> {
  return listFiles(['-a', '-iTCP', '-sTCP:LISTEN', ...selection])
}

/** The working directory of each of these processes. Throws where there is no `lsof`. */
export async function workingDirectories(pids: readonly number[]): Promise<Map<number, string>> {
  if (pids.length === 0) return new Map()
  const files = await listFiles(['-a', '-d', 'cwd', '-p', pids.join(',')])
  return new Map(
    [...files].flatMap(([pid, [directory]]) => (directory === undefined ? [] : [[pid, directory]])),
  )
}

/** The ports among listening sockets that are reached over loopback, ascending. */
export function listeningPorts(files: OpenFiles): number[] {
  const ports = [...files.values()].flat().flatMap((name) => {
    const [, host = '', port] = /^(.*):(\d+)$/.exec(name) ?? []
    const isLocal = ['*', 'localhost', '[::1]', '[::]', '0.0.0.0'].includes(host) || host.startsWith('127.')
    return isLocal ? [Number(port)] : []
  })
  return [...new Set(ports)].toSorted((a, b) => a - b)
}

async function listFiles(selection: readonly string[]): Promise<OpenFiles> {
  // -w: no warnings about what can't be read; -Fpn: a line for each process (p…) and name (n…).
  const list = run('lsof', ['-nP', '-w', ...selection, '-Fpn'], { maxBuffer: 16_000_000 })
  // Its exit code is 1 where one of the things asked for is missing, whatever else it found.
  const { stdout } = await list.catch((error: { stdout?: string }) => {
    if (error.stdout === undefined || error.stdout === '') throw error
    return { stdout: error.stdout }
  })
  const files = new Map<number, string[]>()
  let names: string[] = []
  for (const line of stdout.split('\n')) {
    if (line.startsWith('p')) files.set(Number(line.slice(1)), (names = []))
    if (line.startsWith('n')) names.push(line.slice(1))
  }
  return files
}
