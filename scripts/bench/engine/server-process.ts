import type { ChildProcess } from 'node:child_process'
import { endGroup, spawnGroup } from '../../lifetime.ts'
import { inRepository } from '../../repository.ts'
import { onCore, serverCore } from './pinned.ts'

/** What a server under test says to the bench: its port once, then one answer to each question. */
export type FromServer<Answer> =
  { readonly kind: 'listening'; readonly port: number } | { readonly kind: 'answer'; readonly answer: Answer }

/** What the bench asks a server: to begin its schedule anew, or what happened since. */
export type Question = 'begin' | 'report'

/** A server under test in a process of its own. */
export interface ServerProcess<Answer> extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  readonly ask: (question: Question) => Promise<Answer>
}

/** Starts a program of `servers/` on the server's core with an order, and waits until it listens. */
export async function startServer<Answer>(program: string, order: object): Promise<ServerProcess<Answer>> {
  const script = inRepository('scripts', 'bench', 'engine', 'servers', program)
  const [command, args] = onCore(serverCore, process.execPath, [script, JSON.stringify(order)])
  const child = spawnGroup(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const first = await nextMessage<Answer>(child)
  if (first.kind !== 'listening') throw new Error(`${program} said something before it listened.`)
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${first.port}/`,
    async ask(question) {
      const reply = nextMessage<Answer>(child)
      child.send({ question })
      const message = await reply
      if (message.kind !== 'answer') throw new Error(`${program} did not answer.`)
      return message.answer
    },
    [Symbol.asyncDispose]: () => endGroup(child),
  }
}

function nextMessage<Answer>(child: ChildProcess): Promise<FromServer<Answer>> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('A server under test ended; see the lines above.'))
    child.once('exit', ended)
    child.once('error', reject)
    child.once('message', (message: FromServer<Answer>) => {
      child.off('exit', ended)
      child.off('error', reject)
      resolve(message)
    })
  })
}
