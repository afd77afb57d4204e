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
 * up without a word or the signal aborted, `other` where it speaks something that isn't a web server's HTTP. Never rejects.
 */
export async function askPort(
  place: Place,
  timeoutMillis: number,
  signal?: AbortSignal,
): Promise<PortAnswer> {
  if (!(await isListening(place.host, place.port))) return 'none'
  const patience = { timeoutMillis, signal }
  const words = await firstWords(connect(place), 'connect', place, patience)
  if (words === null) return 'silent'
  if (words !== '') return isWebServer(words) ? 'http' : 'other'
  if (signal?.aborted === true) return 'closed'
  const secret = connectTls({ ...place, servername: 'localhost', rejectUnauthorized: false })
  const secretWords = await firstWords(secret, 'secureConnect', place, patience)
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
  { timeoutMillis, signal }: { timeoutMillis: number; signal: AbortSignal | undefined },
): Promise<string | null> {
  return new Promise((resolve) => {
    let words = ''
    const answer = (said: string | null): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
      socket.destroy()
      resolve(said)
    }
    const giveUp = (): void => answer(words)
    signal?.addEventListener('abort', giveUp)
    const timer = setTimeout(() => answer(words === '' ? null : words), timeoutMillis)
    socket.once(connected, () => {
      socket.write(`HEAD / HTTP/1.1\r\nHost: localhost:${port}\r\nAccept: */*\r\nConnection: close\r\n\r\n`)
    })
    socket.on('data', (data: Buffer) => {
      words += data.toString('latin1')
      // A debugger says only after its 400 what it wanted.
      if (!/^HTTP\/\S+ 400 /.test(words)) answer(words)
    })
    socket.on('error', giveUp)
    socket.once('close', giveUp)
  })
}
