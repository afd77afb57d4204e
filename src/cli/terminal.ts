import process from 'node:process'
import type { LoadPlan } from '../model/load-plan.ts'
import type { RunEvent } from '../model/panel.ts'
import type { SeedProgress } from '../model/seed-plan.ts'
import { followLatencies } from '../workflows/live-latencies.ts'
import { advance, liveView, notBegun } from './live-view.ts'
import { eventLines, seedLine, stepLine } from './run-words.ts'
import { paletteFor, shorten, widthOf } from './text-shapes.ts'

const hideCursor = '\u001B[?25l'
const showCursor = '\u001B[?25h'
const clearBelow = '\u001B[J'
const redrawMillis = 250

/** The lines that the next ones replace. */
let shown: readonly string[] = []
let cursorHidden = false
/** Ends the live view in progress. */
let endLive: () => void = () => undefined

process.once('exit', restoreCursor)

/** Whether lines may be redrawn: a terminal that can, and people before it. */
function isLive(): boolean {
  const { CI: ci = '', TERM: terminal } = process.env
  return process.stderr.isTTY && ['', '0', 'false'].includes(ci) && terminal !== 'dumb'
}

/** Progress and logs go to stderr, so that stdout holds the result alone. */
export function log(line: string): void {
  clearStatus()
  process.stderr.write(`${line}\n`)
}

/** A line that the next one replaces; only on a live terminal, elsewhere nothing. */
export function status(line: string): void {
  if (isLive()) draw([shorten(line, columns() - 1)])
}

/** Ends what is being redrawn, and removes it; for when a command is over, however it ended. */
export function endStatus(): void {
  endLive()
  clearStatus()
}

/** Removes the lines that were to be replaced, so that the next output starts at the left edge. */
export function clearStatus(): void {
  if (shown.length > 0) draw([])
}

/** Replaces the lines shown last, in one write so that nothing flickers. The cursor waits below them, where Ctrl-C echoes. */
function draw(lines: readonly string[]): void {
  // A terminal that became narrower has broken the lines shown last.
  const rows = shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns())), 0)
  const up = rows === 0 ? '' : `\u001B[${rows}A`
  const cursor = lines.length > 0 ? hideCursor : showCursor
  const text = lines.map((line) => `${line}\n`).join('')
  process.stderr.write(`${up}\r${clearBelow}${cursorHidden === lines.length > 0 ? '' : cursor}${text}`)
  cursorHidden = lines.length > 0
  shown = lines
}

/** However the process ends while lines are shown: a second Ctrl-C, or an error that nobody caught. */
function restoreCursor(): void {
  if (cursorHidden) process.stderr.write(showCursor)
}

function columns(): number {
  return process.stderr.columns || 80
}

/** Whether people read stdout in colour: a terminal, and `NO_COLOR` is not set. */
export function colourful(): boolean {
  return process.stdout.isTTY && !process.env['NO_COLOR']
}

/** Shows a load test as it goes: a live view on a terminal, elsewhere a line for each step. */
export function showRun(): (event: RunEvent) => void {
  return isLive() ? showLive() : showLines()
}

function showLines(): (event: RunEvent) => void {
  let plan: LoadPlan | null = null
  return (event) => {
    if (event.kind === 'plan') plan = event.plan
    for (const line of eventLines(event, plan)) log(line)
    if (event.kind === 'step') log(stepLine(event.step))
  }
}

function showLive(): (event: RunEvent) => void {
  const palette = paletteFor(!process.env['NO_COLOR'])
  const latencies = followLatencies()
  let run = notBegun
  let timer: NodeJS.Timeout | undefined
  const redraw = (): void => {
    const screen = {
      columns: columns() - 1,
      rows: process.stderr.rows || 24,
      nowMillis: performance.now(),
      palette,
    }
    draw(liveView(run, screen))
  }
  return (event) => {
    run = advance(run, event, { nowMillis: performance.now(), soFar: latencies(event) })
    for (const line of eventLines(event, run.plan)) log(line)
    if (event.kind === 'step-started' && timer === undefined) {
      timer = setInterval(redraw, redrawMillis).unref()
      process.stderr.on('resize', redraw)
      endLive = () => {
        clearInterval(timer)
        process.stderr.off('resize', redraw)
      }
      redraw()
    }
    if (event.kind === 'verdict') endStatus()
  }
}

/** Renders seeding as it goes. */
export function showSeed(progress: SeedProgress): void {
  status(seedLine(progress))
}
