import assert from 'node:assert/strict'
import type net from 'node:net'
import { serveRaw } from './servers.ts'
import { Listener, statusOf, type Heard } from './transports-client.ts'

export const good = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood'

/** Answers the first request of the server's life in a wrong way and all later ones, on any connection, well. */
export async function afterOnce(
  misbehave: (socket: net.Socket, request: string) => void,
  ask: (listener: Listener) => Promise<Heard> = (listener) => listener.ask(),
): Promise<{ heard: Heard; connections: number }> {
  let requests = 0
  let connections = 0
  await using server = await serveRaw((socket) => {
    connections += 1
    socket.on('data', (data) => {
      requests += 1
      if (requests === 1) misbehave(socket, data.toString('latin1'))
      else socket.write(good)
    })
  })
  await using listener = await Listener.to(server.baseUrl)
  const heard = await ask(listener)
  const next = await listener.ask()
  assert.deepEqual([statusOf(next), next.body], [200, 'good'], 'the next request is answered well')
  return { heard, connections }
}
