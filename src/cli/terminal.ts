import process from 'node:process'
import { formatCount, formatMicros, formatPercent, formatRate } from '../model/format.ts'
import type { RunEvent } from '../model/panel.ts'
import { failedRequests, type StepResult, type Tick } from '../model/run.ts'
import type { SeedProgress } from '../model/seed-plan.ts'

/** Progress and logs go to stderr, so that stdout holds the result alone. */
export function log(line: string): void {
  clearStatus()
  process.stderr.write(`${line}\n`)
}

let statusShown = false

/** A line that the next one replaces; only on a terminal, elsewhere nothing. */
export function status(line: string): void {
  if (!process.stderr.isTTY) return
  const width = process.stderr.columns || 80
  process.stderr.write(`\r\u001B[2K${line.slice(0, width - 1)}`)
  statusShown = true
}

/** Removes the status line, so that the next output starts at the left edge. */
export function clearStatus(): void {
  if (statusShown) process.stderr.write('\r\u001B[2K')
  statusShown = false
}

/** Whether people read stdout in colour: a terminal, and `NO_COLOR` is not set. */
export function colourful(): boolean {
  return process.stdout.isTTY && !process.env['NO_COLOR']
}

/** Renders a load test as it goes: a line per finished step, a live status line in between. */
export function showRun(): (event: RunEvent) => void {
  let secondsLeft = 0
  let stepStarted = 0
  return (event) => {
    if (event.kind === 'activity') log(event.activity)
    if (event.kind === 'plan') {
      const users = event.plan.steps.flatMap((step) => (step.phase === 'ramp' ? step.users : []))
      log(
        `${event.plan.request.method} ${event.plan.request.path} at ${event.plan.baseUrl}, ${users.join(' → ')} users`,
      )
    }
    if (event.kind === 'preflight') {
      const { status: code, latencyMicros, rows } = event.preflight
      log(`${code} in ${formatMicros(latencyMicros)}${rows === null ? '' : `, ${formatCount(rows)} rows`}`)
    }
    if (event.kind === 'step-started') {
      secondsLeft = event.secondsLeft
      stepStarted = performance.now()
      status(`  ${userCount(event.step.users)} …`)
    }
    if (event.kind === 'tick') {
      const left = Math.max(0, Math.round(secondsLeft - (performance.now() - stepStarted) / 1000))
      status(`  ${liveLine(event.tick)}   about ${left} s left`)
    }
    if (event.kind === 'step') log(`  ${stepLine(event.step)}`)
    if (event.kind === 'verdict') clearStatus()
  }
}

function userCount(users: number): string {
  return `${String(users).padStart(4)} ${users === 1 ? 'user ' : 'users'}`
}

function liveLine(tick: Tick): string {
  const rate = tick.intervalMillis === 0 ? null : (tick.requests * 1000) / tick.intervalMillis
  return `${userCount(tick.users)}   p95 ${formatMicros(tick.latencyMicros.p95)}   ${formatRate(rate)}`
}

function stepLine(step: StepResult): string {
  const failed = failedRequests(step.errors)
  const errors = failed === 0 ? '' : `   ${formatPercent(failed / step.requests)} failed`
  const phase = step.phase === 'ramp' ? '' : `   ${step.phase}`
  const { p95 } = step.latencyMicros
  return `${userCount(step.users)}   p95 ${formatMicros(p95)}   ${formatRate(step.achievedRate)}${errors}${phase}`
}

/** Renders seeding as it goes. */
export function showSeed(progress: SeedProgress): void {
  const { table, rowsDone, rowsTotal, rowsPerSecond, secondsLeft } = progress
  const left = secondsLeft === null ? '' : `, about ${Math.ceil(secondsLeft)} s left`
  status(
    `  ${table}: ${formatCount(rowsDone)} of ${formatCount(rowsTotal)} rows, ${formatCount(rowsPerSecond)} rows/s${left}`,
  )
}
