import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { endGroup, exitOf, spawnGroup } from '../lifetime.ts'
import { inRepository } from '../repository.ts'

/** What one run of a program took. */
export interface ProcessMeasure {
  /** 128 + n where signal n ended it. */
  readonly exitCode: number
  /** From its start to its end. */
  readonly millis: number
  /** The most memory it held, all threads together; null where it didn't live to say so. */
  readonly peakBytes: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface MeasureOptions {
  readonly cwd: string
  readonly signal: AbortSignal
  readonly limitMillis: number
}

const preload = pathToFileURL(inRepository('scripts', 'bench', 'peak-memory.ts')).href

/** Runs a JavaScript or TypeScript program on this Node to its end, and kills it at the limit. Rejects when aborted. */
export async function measureProcess(
  script: string,
  args: readonly string[],
  { cwd, signal, limitMillis }: MeasureOptions,
): Promise<ProcessMeasure> {
  signal.throwIfAborted()
  const startedAt = performance.now()
  const child = spawnGroup(process.execPath, ['--import', preload, script, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const [stdout, stderr, peak] = [1, 2, 3].map((index) => textOf(child.stdio[index]))
  const end = () => void child.kill('SIGKILL')
  const limit = setTimeout(end, limitMillis)
  signal.addEventListener('abort', end, { once: true })
  try {
    const exitCode = await exitOf(child)
    const millis = performance.now() - startedAt
    signal.throwIfAborted()
    const kibibytes = Number.parseInt(peak?.() ?? '', 10)
    return {
      exitCode,
      millis,
      peakBytes: Number.isNaN(kibibytes) ? null : kibibytes * 1024,
      stdout: stdout?.() ?? '',
      stderr: stderr?.() ?? '',
    }
  } finally {
    clearTimeout(limit)
    signal.removeEventListener('abort', end)
    await endGroup(child)
  }
}

function textOf(stream: unknown): () => string {
  let text = ''
  if (stream instanceof Readable) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  }
  return () => text
}
