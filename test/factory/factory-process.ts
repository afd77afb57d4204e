import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { TestContext } from 'node:test'

import { openFactory } from '../../src/factory/client.ts'
import type { Factory } from '../../src/factory/client.ts'
import type { PlanOptions } from '../../src/factory/plan.ts'
import { Failure } from '../../src/model/failure.ts'

/** A factory that ends with the test. */
export function factoryFor(context: TestContext, root: string, databaseUrl = 'sqlite:./app.sqlite'): Factory {
  const factory = openFactory({ root, databaseUrl })
  context.after(() => factory.dispose())
  return factory
}

/** For `assert.rejects`: a failure with this code and message. */
export function failsWith(code: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof Failure, String(error))
    assert.equal(error.data.code, code)
    assert.match(error.message, message)
    return true
  }
}

/** The process ids of a process' children that run the factory. */
export async function factoryChildren(parent = process.pid): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=,pid=,args='])
  const lines = stdout.split('\n').map((line) => line.trim().split(/\s+/))
  return lines
    .filter(
      ([ppid, , ...command]) => Number(ppid) === parent && command.join(' ').includes('factory/child.ts'),
    )
    .map(([, pid]) => Number(pid))
}

/** Looks every ten milliseconds, for ten seconds. */
export async function waitUntil(holds: () => boolean): Promise<void> {
  for (const giveUpAt = performance.now() + 10_000; !holds();) {
    assert.ok(performance.now() < giveUpAt, 'waited ten seconds')
    await sleep(10)
  }
}

/** Whether there is a process of that id. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Kills this process' factory after some time, unless the call is over before; gives whether it was. */
export async function killedAfter(delayMillis: number, call: () => Promise<unknown>): Promise<boolean> {
  const pids = await factoryChildren()
  let isOver = false
  const over = call().then(
    () => (isOver = true),
    (error: unknown) => {
      if (error instanceof Failure && error.data.code === 'HR_FACTORY_DIED') return false
      throw error
    },
  )
  await Promise.race([over, sleep(delayMillis)])
  if (isOver) return true
  await killAll(pids)
  return over
}

/** Resolves when all of these processes are gone. */
export async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  await waitUntil(() => !pids.some(isRunning))
}

/** Makes what a kill left out, or all of it where the kill came before the first write; `hasBegun` says that it did not. */
export async function finishSeeding(
  factory: Factory,
  options: PlanOptions,
  hasBegun: () => boolean | Promise<boolean>,
): Promise<void> {
  try {
    assert.equal((await factory.resume(() => {})).complete, true)
  } catch (error) {
    if (!(error instanceof Failure && error.data.code === 'HR_SEED_NOTHING_TO_RESUME')) throw error
    if (!(await hasBegun())) await factory.seed(await factory.plan(options), () => {})
  }
}
