import { join } from 'node:path'
import { endGroup, exitOf, spawnGroup } from '../../lifetime.ts'
import { peerFolder } from '../peer-packages.ts'
import { goodAnswers, openEngine, stepOf } from './headroom.ts'
import { coresUsed, generatorOnCore } from './pinned.ts'

/** What a generator is asked for: as much as so many connections can ask, one request at a time on each. */
export interface GeneratorOrder {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  readonly signal: AbortSignal
}

export interface GeneratorResult {
  readonly requestsPerSecond: number
  /** All requests that the generator says were answered. */
  readonly requests: number
  readonly cpuMicrosPerRequest: number
}

/** A load generator, run afresh each time on a core of its own, recording every latency. */
export interface Generator {
  readonly name: string
  readonly run: (order: GeneratorOrder) => Promise<GeneratorResult>
}

const headroom: Generator = {
  name: 'Headroom',
  async run({ url, connections, seconds, signal }) {
    await using engine = await openEngine(url, signal)
    const [result, cores] = await Promise.all([
      engine.runStep(stepOf(connections, seconds)),
      coresUsed(engine.pid, seconds, signal),
    ])
    return resultOf(goodAnswers(result), result.achievedRate, cores)
  },
}

const autocannon: Generator = {
  name: 'autocannon',
  async run(order) {
    const { url, connections, seconds } = order
    const program = join(peerFolder('autocannon'), 'node_modules', 'autocannon', 'autocannon.js')
    const args = ['--json', '--no-progress', '-c', String(connections), '-d', String(seconds), url]
    const { output, cores } = await runPeer(process.execPath, [program, ...args], order)
    const { duration, errors, non2xx, '2xx': good }: AutocannonResult = JSON.parse(output)
    if (errors + non2xx > 0) throw new Error(`autocannon: ${errors + non2xx} requests failed.`)
    return resultOf(good, good / duration, cores)
  },
}

interface AutocannonResult {
  readonly duration: number
  readonly errors: number
  readonly non2xx: number
  readonly '2xx': number
}

const wrk: Generator = {
  name: 'wrk',
  async run(order) {
    const { url, connections, seconds } = order
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url]
    const { output, cores } = await runPeer('wrk', args, order)
    if (/Socket errors|Non-2xx/.test(output)) throw new Error(`wrk: requests failed.\n${output}`)
    return resultOf(
      Number(/(\d+) requests in/.exec(output)?.[1]),
      Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]),
      cores,
    )
  },
}

export const generators: readonly Generator[] = [headroom, autocannon, wrk]

/** Runs a peer on the generator's core to its end, and measures its CPU meanwhile. */
async function runPeer(
  program: string,
  programArgs: readonly string[],
  { seconds, signal }: GeneratorOrder,
): Promise<{ readonly output: string; readonly cores: number }> {
  const [command, args] = generatorOnCore(program, programArgs)
  const child = spawnGroup(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout?.on('data', (chunk) => (output += String(chunk)))
  try {
    const [code, cores] = await Promise.all([exitOf(child), coresUsed(child.pid ?? 0, seconds, signal)])
    if (code !== 0) throw new Error(`${program} ended with exit code ${code}.\n${output}`)
    return { output, cores }
  } finally {
    await endGroup(child)
  }
}

function resultOf(requests: number, requestsPerSecond: number, cores: number): GeneratorResult {
  if (!(requestsPerSecond > 0)) throw new Error('A generator sent nothing.')
  return { requests, requestsPerSecond, cpuMicrosPerRequest: (cores / requestsPerSecond) * 1e6 }
}
