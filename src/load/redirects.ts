import * as l10n from '@vscode/l10n'
import { isLoopback, type Target } from './loopback.ts'
import type { WireRequest } from './connection.ts'

/** Statuses that lead elsewhere; 304 and 300 don't. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}

/** More hops than this are taken for a loop, as fetch takes more than 20: nobody measures a chain on purpose. */
export const mostRedirects = 5

/**
 * The request a redirect asks for, or null where it leads to another server: only the target itself is ever asked,
 * whatever loopback name it is called by. After RFC 9110, 15.4: 303, and by custom 301 and 302 to a POST, become GET.
 */
export function redirected(
  request: WireRequest,
  status: number,
  location: string,
  target: Target,
): WireRequest | null {
  const base = addressOf(request, target)
  if (!URL.canParse(location, base)) return null
  const url = new URL(location, base)
  if (!isTarget(url, target)) return null
  const becomesGet =
    (status === 303 && request.method !== 'HEAD') || (status < 303 && request.method === 'POST')
  const path = url.pathname + url.search
  return becomesGet ? { ...request, method: 'GET', path, body: null } : { ...request, path }
}

/** Where a redirect leads, without what may be secret in it: its query and fragment. */
export function placeOf(location: string, request: WireRequest, target: Target): string {
  const base = addressOf(request, target)
  if (!URL.canParse(location, base)) return l10n.t('no address')
  const { origin, pathname } = new URL(location, base)
  return origin + pathname
}

/** Joined as text: a path that begins with two slashes is no other host's. */
function addressOf({ path }: WireRequest, { origin }: Target): string {
  return origin + path
}

function isTarget(url: URL, target: Target): boolean {
  if (url.origin === target.origin) return true
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const sameScheme = url.protocol === new URL(target.origin).protocol
  return sameScheme && port === target.port && (name === 'localhost' || isLoopback(name))
}
