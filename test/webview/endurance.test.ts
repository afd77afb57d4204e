import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CDPSession, Page } from 'playwright-core'
import { emptySnapshot, type PanelSnapshot, type ToView } from '../../src/model/panel.ts'
import type { Tick } from '../../src/model/run.ts'
import { builtPanel } from './built-panel.ts'
import { recording } from './recordings.ts'
import { replay } from './replay.ts'

const longestTaskMillis = 50
const firstPaintMillis = 300
const hourOfTicks = 14_400

/** A tick of the sample's real run, histogram and all. */
function realTick(): Tick {
  const message = recording('sample-breaks').find(({ kind }) => kind === 'tick')
  return message?.kind === 'tick' ? message.tick : assert.fail('The recording has ticks.')
}

/** The sample's run until its load begins. */
function beginning(): readonly ToView[] {
  const messages = recording('sample-breaks')
  return messages.slice(
    0,
    messages.findIndex(({ kind }) => kind === 'tick'),
  )
}

/** Posts ticks in the page, a few with each turn of its event loop, on to the tick of number `until`. */
async function postTicks(page: Page, from: number, until: number): Promise<void> {
  await page.evaluate(`(async () => {
    const tick = ${JSON.stringify(realTick())}
    for (let number = ${from}; number < ${until}; number += 1) {
      const latencyMicros = { ...tick.latencyMicros, p50: 50_000 + (number % 97) * 1000, p95: 90_000 + (number % 89) * 3000 }
      const data = { kind: 'tick', tick: { ...tick, latencyMicros, step: 1, atMillis: number * 250, intervalMillis: 250 } }
      window.dispatchEvent(new MessageEvent('message', { data: structuredClone(data) }))
      if (number % 20 === 0) await new Promise((done) => setTimeout(done))
    }
  })()`)
  await page.waitForSelector('#headroom:not([aria-busy])')
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** CPU time in microseconds: what other programs take from the machine meanwhile is not in it. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** In milliseconds, the CPU time of each task of the page's main thread in a trace, the longest first. */
function mainThreadTasks(trace: Buffer): number[] {
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse(trace.toString('utf8'))
  const mains = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  )
  return traceEvents
    .filter((event) => event.name.endsWith('RunTask'))
    .filter(({ pid, tid }) => mains.some((main) => main.pid === pid && main.tid === tid))
    .map(({ tdur }) => (tdur ?? 0) / 1000)
    .toSorted((one, other) => other - one)
}

async function heapAfterCollection(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize
}

/** The sample's finished run, as the panel gets it when it is opened. */
function finishedSample(): PanelSnapshot {
  return { ...emptySnapshot('', null), ...replay(recording('sample-breaks')) }
}

describe('the panel in a long run', () => {
  const { open, host } = builtPanel()

  it('takes 10,000 ticks without a task of more than 50 ms, with its time series open', async (test) => {
    const { page, context } = await open(beginning())
    await page.locator('[data-fold="conditions"] summary').click()
    await postTicks(page, 0, 40)
    await page.locator('[data-fold="time"] > summary').click()
    await page.locator('[data-chart="latency-over-time"] canvas').waitFor()
    const browser = context.browser() ?? assert.fail('The page has a browser.')
    await browser.startTracing(page, { categories: ['toplevel', '__metadata'] })
    await postTicks(page, 40, 10_000)
    const tasks = mainThreadTasks(await browser.stopTracing())
    test.diagnostic(
      `${tasks.length} tasks, the longest ${tasks.slice(0, 3).map(Math.round).join(', ')} ms of CPU`,
    )
    assert.ok(tasks.length > 500, 'the trace holds the ticks')
    assert.ok((tasks[0] ?? 0) < longestTaskMillis, `the longest task took ${tasks[0]} ms`)
  })

  it('draws ticks at most four times a second', async (test) => {
    const { page } = await open(beginning())
    const { draws, millis } = await page.evaluate<{ draws: number; millis: number }>(`(async () => {
      const tick = ${JSON.stringify(realTick())}
      let draws = 0
      const observer = new MutationObserver(() => (draws += 1))
      observer.observe(document.querySelector('.live'), { childList: true, characterData: true, subtree: true })
      const begin = performance.now()
      for (let number = 0; performance.now() < begin + 1500; number += 1) {
        const data = { kind: 'tick', tick: { ...tick, requests: 100 + number, atMillis: number * 10 } }
        window.dispatchEvent(new MessageEvent('message', { data }))
        await new Promise((done) => setTimeout(done, 5))
      }
      return { draws, millis: performance.now() - begin }
    })()`)
    test.diagnostic(`${draws} draws in ${Math.round(millis)} ms`)
    assert.ok(draws >= 2 && draws <= Math.ceil(millis / 250) + 1, `${draws} draws in ${millis} ms`)
  })

  it('takes no more memory at the end of an hour than after a quarter of it', async (test) => {
    const { page, context } = await open(beginning())
    const session = await context.newCDPSession(page)
    await postTicks(page, 0, hourOfTicks / 4)
    const quarter = await heapAfterCollection(session)
    await postTicks(page, hourOfTicks / 4, hourOfTicks)
    const end = await heapAfterCollection(session)
    const [before, after] = [quarter, end].map((bytes) => (bytes / 1e6).toFixed(1))
    test.diagnostic(`${before} MB after a quarter of an hour, ${after} MB after an hour`)
    assert.ok(end < quarter + 2e6, `${before} MB grew to ${after} MB`)
  })

  it('paints the sample within 300 ms of its reveal', async (test) => {
    const paints: { cpu: number; wall: number }[] = []
    const snapshot: ToView = { kind: 'snapshot', protocol: 1, snapshot: finishedSample() }
    for (let time = 0; time < 5; time += 1) {
      const { page, context } = await host().open({ onReady: [snapshot] })
      const session = await context.newCDPSession(page)
      await session.send('Performance.enable', { timeDomain: 'threadTicks' })
      await page.reload()
      await page.waitForSelector('[data-chart="latency"] canvas')
      const wall = await page.evaluate<number>(
        'new Promise((done) => requestAnimationFrame(() => done(performance.now())))',
      )
      const { metrics } = await session.send('Performance.getMetrics')
      const tasks = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
      paints.push({ cpu: tasks * 1000, wall })
      await context.close()
    }
    const best = (kind: 'cpu' | 'wall'): number => Math.round(Math.min(...paints.map((paint) => paint[kind])))
    test.diagnostic(`first paint: ${best('cpu')} ms of CPU, ${best('wall')} ms by the clock, best of 5`)
    assert.ok(best('cpu') <= firstPaintMillis, `the first paint took ${best('cpu')} ms of CPU`)
  })
})
