import '../l10n.ts'
import { constants, setPriority } from 'node:os'
import process from 'node:process'
import * as l10n from '@vscode/l10n'
import { Failure, failureData } from '../model/failure.ts'
import type { StepResult } from '../model/run.ts'
import { askEach } from './ask-each.ts'
import { openEngine, type Engine } from './engine.ts'
import { runPreflight } from './preflight.ts'
import type { FromLoadChild, LoadReply, StepRequest, ToLoadChild } from './protocol.ts'

/** The load child's entry: answers one parent over IPC, and ends with it. */
let engine: Engine | null = null
let preflight: AbortController | null = null

process.on('disconnect', () => process.exit(0))
process.on('message', (message: ToLoadChild) => void answer(message))
yieldToTheServer()

/** The developer's server and editor come first; where the system refuses, load is generated at normal priority. */
function yieldToTheServer(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    return
  }
}

async function answer(message: ToLoadChild): Promise<void> {
  const { id } = message
  try {
    post({ kind: 'reply', id, ...(await carryOut(message)) })
  } catch (error) {
    post({ kind: 'failed', id, failure: failureData(error) })
  }
}

async function carryOut(message: ToLoadChild): Promise<LoadReply> {
  switch (message.call) {
    case 'preflight':
      preflight = new AbortController()
      return { call: 'preflight', output: await runPreflight(message.input, preflight.signal) }
    case 'ask-each':
      preflight = new AbortController()
      return { call: 'ask-each', output: await askEach(message.input, preflight.signal) }
    case 'open':
      engine?.stop()
      engine = await openEngine(message.input)
      return { call: 'open', output: null }
    case 'run-step':
      return { call: 'run-step', output: await runStep(message.id, message.input) }
    case 'release':
      engine?.release()
      return { call: 'release', output: null }
    default:
      preflight?.abort()
      engine?.stop()
      return { call: 'stop', output: null }
  }
}

async function runStep(id: number, { index, step }: StepRequest): Promise<StepResult> {
  if (engine === null) throw new Failure('HR_NOT_OPEN', l10n.t('No endpoint was opened to send load to.'))
  return engine.runStep(index, step, (tick) => post({ kind: 'tick', id, tick }))
}

function post(message: FromLoadChild): void {
  if (process.connected) process.send?.(message)
}
