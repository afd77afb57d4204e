import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { callApart } from '../../../src/workflows/apart.ts'
import { readConfig } from '../../../src/workflows/config.ts'
import { parseEndpoint } from '../../../src/workflows/endpoint.ts'

/** What the stand-in for the extension host is asked to do. */
export interface HostOrder {
  readonly url: string
  /** The project's folder. */
  readonly root: string
  readonly users: readonly number[]
  readonly stepSeconds: number
  readonly idleSeconds: number
}

/** Delays of the event loop, in milliseconds, as `monitorEventLoopDelay` with a resolution of 1 ms sees them. */
export interface Delays {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface HostReport {
  readonly idle: Delays
  readonly loaded: Delays
  /** Requests a second of the fastest step, to show that it was full speed. */
  readonly requestsPerSecond: number
  readonly events: number
}

async function delaysDuring(work: () => Promise<void>): Promise<Delays> {
  const monitor = monitorEventLoopDelay({ resolution: 1 })
  monitor.enable()
  await work()
  monitor.disable()
  const at = (percent: number): number => monitor.percentile(percent) / 1e6
  return { p50: at(50), p99: at(99), max: monitor.max / 1e6 }
}

/**
 * A process that runs a load test as the editor does: the workflow in a worker thread, its events received here, turned
 * into the messages that go to the panel. It measures its own event loop, first while nothing happens, then during the run.
 */
async function host({ url, root, users, stepSeconds, idleSeconds }: HostOrder): Promise<HostReport> {
  const { endpoint, origin } = parseEndpoint(url)
  const config = await readConfig(root, {
    ...(origin === null ? {} : { baseUrl: origin }),
    users: [...users],
    stepSeconds,
    budget: 'errors<1%',
  })
  const order = { root, config, endpoint, routes: [], findings: [], start: false }
  const idle = await delaysDuring(() => sleep(idleSeconds * 1000))
  const rates: number[] = []
  let events = 0
  let characters = 0
  const loaded = await delaysDuring(async () => {
    const run = await callApart(
      'testEndpoint',
      order,
      (event) => {
        events += 1
        characters += JSON.stringify(event).length
      },
      new AbortController().signal,
    )
    rates.push(...run.steps.map(({ achievedRate }) => achievedRate))
  })
  if (characters === 0) throw new Error('The workflow said nothing.')
  return { idle, loaded, requestsPerSecond: Math.max(...rates), events }
}

const order: HostOrder = JSON.parse(process.argv[2] ?? '{}')
process.stdout.write(JSON.stringify(await host(order)))
