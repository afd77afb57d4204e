import { connect as connectTcp, isIP, Socket, type OnReadOpts } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import { ConnectionLost, ConnectTimeout } from './errors.ts'
import { isLoopback, notLoopback, type Target } from './loopback.ts'

const nothing = { begun: false, headEnded: false, bodyBytes: 0 }

export interface SocketSettings {
  /** What is spoken, and offered where TLS asks for it. */
  readonly protocol: 'http/1.1' | 'h2'
  /** Bounds connecting, TLS included. */
  readonly timeoutMillis: number
  /** Where and to whom bytes are read, instead of `data` events. */
  readonly onread?: OnReadOpts
}

/**
 * The only way this program opens a connection to a target: to the resolved loopback address, whatever the URL's name
 * and the environment's proxies say, checked before the socket is made and again on the address it reached. `opened` is
 * called when requests may be written. Whatever goes wrong, before or after, is the socket's `error`: `HR_NOT_LOOPBACK`,
 * `HR_HTTP2` where a server of TLS doesn't speak that, {@link ConnectTimeout} or the system's.
 */
export function openSocket(target: Target, settings: SocketSettings, opened: () => void): Socket {
  if (!isLoopback(target.address)) return new Socket().destroy(notLoopback(hostOf(target), target.address))
  const socket = connectTo(target, settings)
  const timer = setTimeout(
    () => socket.destroy(new ConnectTimeout(settings.timeoutMillis)),
    settings.timeoutMillis,
  )
  socket.setNoDelay(true)
  socket.once('close', () => clearTimeout(timer))
  socket.once('connect', () => {
    const reached = socket.remoteAddress
    // Unknown where the other side is gone again already.
    if (reached === undefined) socket.destroy(new ConnectionLost(null, nothing, false))
    else if (!isLoopback(reached)) socket.destroy(notLoopback(hostOf(target), reached))
  })
  socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
    if (socket.destroyed) return
    clearTimeout(timer)
    if (settings.protocol === 'h2' && socket instanceof TLSSocket && socket.alpnProtocol !== 'h2') {
      socket.destroy(noHttp2(target))
    } else {
      opened()
    }
  })
  return socket
}

/** The failure of a server that doesn't speak HTTP/2. */
export function noHttp2(target: Target, cause?: unknown): Failure {
  return new Failure(
    'HR_HTTP2',
    isSecure(target)
      ? l10n.t("The server on {0} doesn't speak HTTP/2 over TLS. Load it over HTTP/1.1 instead.", target.host)
      : l10n.t("The server on {0} doesn't speak HTTP/2. Load it over HTTP/1.1 instead.", target.host),
    { cause },
  )
}

function connectTo(target: Target, { protocol, onread }: SocketSettings): Socket {
  const options = { host: target.address, port: target.port, ...(onread !== undefined && { onread }) }
  if (!isSecure(target)) return connectTcp(options)
  const name = hostOf(target)
  return connectTls({
    ...options,
    ALPNProtocols: [protocol],
    // TLS doesn't allow an address for a name.
    servername: isIP(name) === 0 ? name : '',
    // A development certificate is self-signed, and there is no one between this machine and itself.
    rejectUnauthorized: false,
  })
}

function isSecure(target: Target): boolean {
  return target.origin.startsWith('https:')
}

function hostOf(target: Target): string {
  return new URL(target.origin).hostname.replace(/^\[(.*)\]$/, '$1')
}
