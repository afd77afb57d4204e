import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** What a port on this machine said to one request. `silent`: it took the connection, and nothing came in time. */
export type PortAnswer = 'none' | 'closed' | 'silent' | 'http' | 'https' | 'other'

export interface Place {
  readonly host: string
  readonly port: number
}

/** Whether something accepts TCP connections there. */
export async function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 })
    const answer = (listening: boolean): void => {
      socket.destroy()
      resolve(listening)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
  })
}

/**
 * Asks a port on this machine what it is, by one HEAD request for `/`: `none` where nobody listens, `closed` where it hung
 * up without a word, `other` where it speaks something that isn't a web server's HTTP. Never rejects.
 */
export async function askPort(place: Place, timeoutMillis: number): Promise<PortAnswer> {
  if (!(await isListening(place.host, place.port))) return 'none'
  const words = await firstWords(connect(place), 'connect', place, timeoutMillis)
  if (words === null) return 'silent'
  if (words !== '') return isWebServer(words) ? 'http' : 'other'
  const secret = connectTls({ ...place, servername: 'localhost', rejectUnauthorized: false })
  const secretWords = await firstWords(secret, 'secureConnect', place, timeoutMillis)
  if (secretWords === null) return 'silent'
  return secretWords === '' ? 'closed' : 'https'
}

/** Debuggers and live reload speak HTTP too, but only to say that they want a WebSocket. */
function isWebServer(words: string): boolean {
  return words.startsWith('HTTP/') && !/^HTTP\/\S+ 426 |WebSockets request was expected/.test(words)
}

/** The beginning of the answer to one request; empty where the connection ended before, null where nothing came in time. */
function firstWords(
  socket: Socket,
  connected: 'connect' | 'secureConnect',
  { port }: Place,
  timeoutMillis: number,
): Promise<string | null> {
  return new Promise((resolve) => {
    const answer = (words: string | null): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(words)
    }
    const timer = setTimeout(() => answer(null), timeoutMillis)
    socket.once(connected, () => {
      socket.write(`HEAD / HTTP/1.1\r\nHost: localhost:${port}\r\nAccept: */*\r\nConnection: close\r\n\r\n`)
    })
    socket.once('data', (data: Buffer) => answer(data.toString('latin1')))
    socket.once('error', () => answer(''))
    socket.once('close', () => answer(''))
  })
}
