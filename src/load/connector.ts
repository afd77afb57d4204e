import { buildConnector, type Client } from 'undici'
import { isLoopback, notLoopback, type Target } from './loopback.ts'

/**
 * The only way this program opens a connection to a target: to the resolved loopback address, whatever the URL's name
 * says, checked before the socket is made and again on the address it reached. Gives `HR_NOT_LOOPBACK` to the callback
 * otherwise. `timeoutMillis` bounds connecting.
 */
function loopbackConnector(target: Target, timeoutMillis: number): buildConnector.connector {
  // A development certificate is self-signed, and there is no one between this machine and itself.
  const open = buildConnector({ timeout: timeoutMillis, allowH2: false, rejectUnauthorized: false })
  return (options, callback) => {
    if (!isLoopback(target.address)) {
      callback(notLoopback(options.hostname, target.address), null)
      return
    }
    open({ ...options, hostname: target.address, port: String(target.port) }, (...opened) => {
      const [error, socket] = opened
      if (error !== null) {
        callback(error, null)
        return
      }
      const reached = socket.remoteAddress
      if (reached !== undefined && !isLoopback(reached)) {
        socket.destroy()
        callback(notLoopback(options.hostname, reached), null)
        return
      }
      callback(null, socket)
    })
  }
}

/**
 * Options for a client that is one virtual user: one connection, one request at a time, no redirects. Its own response
 * timeouts are off, because they are half a second coarse: whoever uses the client keeps `timeoutMillis` itself.
 */
export function clientOptions(target: Target, timeoutMillis: number): Client.Options {
  return {
    connect: loopbackConnector(target, timeoutMillis),
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 65_536,
    allowH2: false,
  }
}
