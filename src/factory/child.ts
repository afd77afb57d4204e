import '../l10n.ts'
import { constants, setPriority } from 'node:os'
import { setImmediate as yieldToMessages } from 'node:timers/promises'
import * as l10n from '@vscode/l10n'

import { Failure, failureData } from '../model/failure.ts'
import type { SeedProgress } from '../model/seed-plan.ts'
import type { Database } from './databases/database.ts'
import { copiesOf, openDatabase } from './databases/index.ts'
import { readParameterValues } from './parameter-values.ts'
import { planSeed } from './plan.ts'
import type {
  CopyCall,
  FactoryCall,
  FactoryCallName,
  FactoryRequest,
  FactoryResults,
  FactoryTarget,
  FromFactory,
  ToFactory,
} from './protocol.ts'
import { withEstimate } from './probe.ts'
import { resumeSeed, seedDatabase } from './seed.ts'
import { undoSeed } from './undo.ts'

const cancels = new Map<number, AbortController>()
let changing = false
let leaving = false
/** A server that no longer answers must not keep this process for ever. */
const leavingMillis = 60_000

yieldToTheEditor()
silenceExperimentalWarnings()
process.on('message', (message: ToFactory) => {
  if (message.kind === 'cancel') cancels.get(message.id)?.abort()
  else void answer(message)
})
process.on('disconnect', leave)

/** Making rows takes a core for as long as it lasts; where the system refuses, it does so at normal priority. */
function yieldToTheEditor(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    return
  }
}

async function answer(request: FactoryRequest): Promise<void> {
  const cancel = new AbortController()
  if (request.cancelled) cancel.abort()
  cancels.set(request.id, cancel)
  try {
    const onProgress = (progress: SeedProgress) => send({ kind: 'progress', id: request.id, progress })
    send({ kind: 'result', id: request.id, result: await withDatabase(request, onProgress, cancel.signal) })
  } catch (error) {
    send({ kind: 'failure', id: request.id, failure: failureData(error) })
  } finally {
    cancels.delete(request.id)
    if (leaving && cancels.size === 0) process.exit(0)
  }
}

/** Nobody waits for results any more: ends after the current chunk, once what was put away is back. */
function leave(): void {
  leaving = true
  if (cancels.size === 0) process.exit(0)
  for (const cancel of cancels.values()) cancel.abort()
  setTimeout(() => process.exit(0), leavingMillis).unref()
}

async function withDatabase(
  { target, call }: FactoryRequest,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<FactoryResults[FactoryCallName]> {
  if ('copy' in call) return exclusively(() => workOnCopy(target, call))
  const database = await openDatabase(target.databaseUrl, target.root, target.models)
  try {
    // A cancel that was sent right behind the call is heard before the first row.
    await yieldToMessages()
    return await carryOut(database, call, onProgress, signal)
  } finally {
    await database.close()
  }
}

async function workOnCopy(
  { databaseUrl, root }: FactoryTarget,
  { name, copy }: CopyCall,
): Promise<string | null> {
  const copies = copiesOf(databaseUrl, root)
  if (name === 'makeCopy') return copies.make(databaseUrl, root, copy)
  if (name === 'findCopy') return copies.find(databaseUrl, root, copy)
  await copies.remove(databaseUrl, root, copy)
  return null
}

async function carryOut(
  database: Database,
  call: Exclude<FactoryCall, CopyCall>,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<FactoryResults[FactoryCallName]> {
  if (call.name === 'plan') {
    const freeBytes = await database.freeBytes()
    const options = { ...call.options, freeBytes, database: database.display }
    const plan = planSeed(await database.readSchema(), options)
    return call.options.estimate === true ? exclusively(() => withEstimate(database, plan)) : plan
  }
  if (call.name === 'seed') return exclusively(() => seedDatabase(database, call.plan, onProgress, signal))
  if (call.name === 'resume') return exclusively(() => resumeSeed(database, onProgress, signal))
  if (call.name === 'undo') return exclusively(() => undoSeed(database, onProgress, signal, call.atMost))
  if (call.name === 'values') return readParameterValues(database, call)
  return database.readSchema()
}

async function exclusively<T>(change: () => Promise<T>): Promise<T> {
  if (changing)
    throw new Failure(
      'HR_SEED_BUSY',
      l10n.t('The database is already being seeded or undone. Wait until that is done.'),
    )
  changing = true
  try {
    return await change()
  } finally {
    changing = false
  }
}

function send(message: FromFactory): void {
  if (process.connected) process.send?.(message)
}

/** Node warns that its SQLite is experimental; that is no news for the user's terminal. */
function silenceExperimentalWarnings(): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.name}: ${warning.message}\n`)
  })
}
