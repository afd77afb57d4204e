import { lstat, rm, stat } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import process from 'node:process'
import { failureData } from '../../model/failure.ts'
import type { CheckReport } from '../../model/finding.ts'
import { findingIdentity, findingsFor, hookContext } from './context.ts'
import { connectWarm, warmBuild, type WarmAnswer, type WarmOrder, type WarmRequest } from './warm.ts'
import { openInspection } from '../inspect.ts'
import { takeTurn } from '../target-lock.ts'

/*
 * The warm process: keeps the inspection of one project open, so that an agent's hook has its answer in milliseconds. It
 * outlives the hook that started it, and ends by itself: when nobody asks, when the project or its own build is gone.
 */

const maximumRequestBytes = 1_000_000
const checkMillis = 30_000
/** An inspection that takes longer will not come to an end. */
const stuckMillis = 180_000
/** The same words again so soon: two agents' settings name the same hook. */
const repeatMillis = 3_000

const order: WarmOrder = JSON.parse(process.argv[2] ?? '{}')
const inspection = openInspection(order.root)
/** Identities of findings that were found too late for the one who asked. */
const missed = new Set<string>()
let lastSaid = { context: '', at: 0 }
let lastAsked = performance.now()
let asking = 0
let inspectingSince: number | null = null
let running: Promise<unknown> = Promise.resolve()
let waiting: Promise<CheckReport> | null = null

async function main(): Promise<void> {
  const turn = await takeTurn(order.address)
  try {
    const other = await connectWarm(order.address)
    if (other !== null) {
      other.destroy()
      return tellStarter(() => process.exit(0))
    }
    if (process.platform !== 'win32') await rm(order.address, { force: true })
    const server = createServer((socket) => void converse(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(order.address, resolve)
    })
    const inode = await inodeOf(order.address)
    const build = await warmBuild()
    setInterval(() => void endWhenDone(server, inode, build), Math.min(checkMillis, order.idleMillis / 2))
  } finally {
    await turn[Symbol.asyncDispose]()
  }
  tellStarter(() => undefined)
}

/** The starter waits for this, or is gone already. */
function tellStarter(then: () => void): void {
  process.on('disconnect', () => undefined)
  if (process.connected) process.send?.('listening', () => then())
  else then()
}

async function converse(socket: Socket): Promise<void> {
  socket.on('error', () => undefined)
  socket.setTimeout(stuckMillis, () => socket.destroy())
  lastAsked = performance.now()
  asking += 1
  try {
    const request: WarmRequest = JSON.parse(await line(socket))
    const answer = await answerTo(request, socket)
    socket.end(JSON.stringify(answer))
  } catch {
    socket.destroy()
  } finally {
    asking -= 1
    lastAsked = performance.now()
  }
}

/** The code as it stands, or stood after the question: who asks during an inspection shares the next one. */
function inspected(): Promise<CheckReport> {
  waiting ??= running.then(inspect)
  return waiting
}

function inspect(): Promise<CheckReport> {
  waiting = null
  inspectingSince = performance.now()
  const report = inspection.check({ provenance: 'none' })
  const ended = (): void => {
    inspectingSince = null
  }
  running = report.then(ended, ended)
  return report
}

async function answerTo(request: WarmRequest, socket: Socket): Promise<WarmAnswer> {
  try {
    const report = await inspected()
    const broken = report.problems.find(({ kind }) => kind === 'config')
    if (broken !== undefined) return { context: null, problem: broken.message }
    const findings = findingsFor(report, request.touched, missed)
    // Who gave up has closed its end; who waits keeps it open.
    if (socket.destroyed || socket.readableEnded) {
      for (const finding of findings) missed.add(findingIdentity(finding))
      return { context: null, problem: null }
    }
    missed.clear()
    return { context: once(hookContext(findings, request)), problem: null }
  } catch (error) {
    return { context: null, problem: failureData(error).message }
  }
}

function once(context: string | null): string | null {
  const now = performance.now()
  const isRepeated = context === lastSaid.context && now - lastSaid.at < repeatMillis
  if (context !== null && !isRepeated) lastSaid = { context, at: now }
  return isRepeated ? null : context
}

/** The first line that is sent; the connection stays open for the answer. */
async function line(socket: Socket): Promise<string> {
  let received = ''
  socket.setEncoding('utf8')
  return new Promise((resolve, reject) => {
    socket.on('data', (text: string) => {
      received += text
      const end = received.indexOf('\n')
      if (end >= 0) resolve(received.slice(0, end))
      else if (received.length > maximumRequestBytes) reject(new Error('too long'))
    })
    socket.once('close', () => reject(new Error('closed')))
  })
}

async function endWhenDone(server: Server, inode: number | null, build: string): Promise<void> {
  const now = performance.now()
  const isIdle = asking === 0 && now - lastAsked >= order.idleMillis
  const isStuck = inspectingSince !== null && now - inspectingSince >= stuckMillis
  const isProject = await stat(order.root).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const isOwnBuild = (await warmBuild().catch(() => null)) === build
  const isOwnSocket = (await inodeOf(order.address)) === inode
  if (!isIdle && !isStuck && isProject && isOwnBuild && isOwnSocket) return
  // Closing removes the socket, which may be another one's by now.
  if (isOwnSocket) server.close()
  process.exit(0)
}

async function inodeOf(address: string): Promise<number | null> {
  if (process.platform === 'win32') return null
  return lstat(address).then(
    ({ ino }) => ino,
    () => null,
  )
}

process.on('unhandledRejection', () => process.exit(1))
main().catch(() => process.exit(1))
