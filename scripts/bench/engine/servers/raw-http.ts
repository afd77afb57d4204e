import net from 'node:net'
import process from 'node:process'
import type { FromServer, Question } from '../server-process.ts'

/** Sends one of the prepared answers to the request at hand. */
export type Reply = (answer: Buffer) => void

export const ok: Buffer = answerOf('200 OK', '{"ok":true}')
export const unavailable: Buffer = answerOf('503 Service Unavailable', '{"error":"too many requests"}')

function answerOf(status: string, body: string): Buffer {
  return Buffer.from(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
}

/**
 * Serves requests without a body straight from the socket, so that next to nothing but the behaviour under test takes
 * time. `onRequest` decides when to reply. The bench's questions come over IPC; without it, the process ends.
 */
export function serveRaw(
  onRequest: (reply: Reply) => void,
  onQuestion: (question: Question) => unknown,
): void {
  const server = net.createServer({ noDelay: true }, (socket) => {
    let rest = ''
    const reply = (answer: Buffer): void => void socket.write(answer)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1')
      for (;;) {
        const end = rest.indexOf('\r\n\r\n')
        if (end === -1) return
        rest = rest.slice(end + 4)
        onRequest(reply)
      }
    })
  })
  process.on('disconnect', () => process.exit(0))
  process.on('message', ({ question }: { question: Question }) =>
    post({ kind: 'answer', answer: onQuestion(question) }),
  )
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
    const address = server.address()
    if (address !== null && typeof address !== 'string') post({ kind: 'listening', port: address.port })
  })
}

function post(message: FromServer<unknown>): void {
  process.send?.(message)
}
