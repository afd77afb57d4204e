import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { ok, serveRaw } from './raw-http.ts'

/** How the stalling server behaves. */
export interface StallOrder {
  readonly everyMillis: number
  readonly stallMillis: number
  /** What serving one request takes, one after the other: a queue empties at exactly this pace. */
  readonly serviceMillis: number
}

/** The answer to every question: when a stall really began and ended, in milliseconds after `begin`. The first comes half a period after. */
export interface Stall {
  readonly fromMillis: number
  readonly toMillis: number
}

/**
 * A server that does one thing at a time and stands still at fixed times: its thread sleeps, so that nothing is read or
 * written, as in a long garbage collection or a synchronous call.
 */
const order: StallOrder = JSON.parse(process.argv[2] ?? '{}')
/**
 * A request read this soon after the one before was due keeps the pace, so that reading, writing, and other programs on this
 * core cost nothing extra while a queue empties. Far shorter than a stall, which is never made up for.
 */
const keepsPaceMillis = 20
const cell = new Int32Array(new SharedArrayBuffer(4))
let freeAtMillis = 0
let begunAtMillis = performance.now()
let stalls: Stall[] = []
let timer: NodeJS.Timeout | null = null

function begin(): void {
  if (timer !== null) clearTimeout(timer)
  begunAtMillis = performance.now()
  stalls = []
  planStall(begunAtMillis + order.everyMillis / 2)
}

function planStall(dueAtMillis: number): void {
  timer = setTimeout(() => stall(dueAtMillis), Math.ceil(dueAtMillis - performance.now()))
}

function stall(dueAtMillis: number): void {
  const fromMillis = performance.now() - begunAtMillis
  const endAtMillis = dueAtMillis + order.stallMillis
  Atomics.wait(cell, 0, 0, endAtMillis - performance.now())
  stalls.push({ fromMillis, toMillis: performance.now() - begunAtMillis })
  planStall(dueAtMillis + order.everyMillis)
}

serveRaw(
  (reply) => {
    const now = performance.now()
    freeAtMillis = (now - freeAtMillis < keepsPaceMillis ? freeAtMillis : now) + order.serviceMillis
    while (performance.now() < freeAtMillis);
    reply(ok)
  },
  (question) => {
    if (question === 'begin') begin()
    return stalls
  },
)
