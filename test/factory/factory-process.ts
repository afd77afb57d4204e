import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { TestContext } from 'node:test'

import { openFactory } from '../../src/factory/client.ts'
import type { Factory } from '../../src/factory/client.ts'
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
