import { setTimeout as delay } from 'node:timers/promises'
import { watchServerApart } from '../evidence/client.ts'
import { askPort, type Place } from './server-probe.ts'

const pollMillis = 150
const answerMillis = 10_000

/** A dev server that somebody else started, watched for its own reload. Disposing ends the watch. */
export interface ReloadWatch extends Disposable {
  /** True as soon as another process serves the port and answers; false where that doesn't happen before `signal` aborts. */
  reloaded(signal: AbortSignal): Promise<boolean>
}

/**
 * Begins to watch a server, before the change of code that it should reload for: `tsx watch`, nodemon and the like give the
 * port to a new process. A server that takes changes up inside its process can't be seen to.
 */
export async function watchForReload({ host, port }: Place): Promise<ReloadWatch> {
  const watch = watchServerApart(port)
  await watch.restarts()
  return {
    async reloaded(signal) {
      while (!signal.aborted) {
        if ((await watch.restarts()) > 0) return answers({ host, port }, signal)
        await delay(pollMillis, undefined, { signal }).catch(() => undefined)
      }
      return false
    },
    [Symbol.dispose]: () => watch.dispose(),
  }
}

async function answers(place: Place, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const answer = await askPort(place, answerMillis, signal)
    if (answer !== 'none' && answer !== 'closed') return true
    await delay(pollMillis, undefined, { signal }).catch(() => undefined)
  }
  return false
}
