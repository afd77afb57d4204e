import { parseCookie, type Cookie } from 'undici'

interface Kept {
  readonly value: string
  readonly path: string
  readonly expiresAtMillis: number
}

/**
 * The cookies of one user at one server, after RFC 6265. The target is one loopback origin, so that a cookie's domain
 * decides nothing, and `Secure` ones are sent as browsers do to localhost.
 */
export class CookieJar {
  readonly #kept = new Map<string, Kept>()

  /** Takes the `set-cookie` headers of an answer to a request for `path`. */
  take(headers: readonly string[], path: string): void {
    for (const header of headers) {
      const cookie = parseCookie(header)
      if (cookie === null) continue
      const { name, value } = cookie
      const expiresAtMillis = expiryOf(cookie)
      const cookiePath = cookie.path?.startsWith('/') ? cookie.path : folderOf(path)
      const key = `${name};${cookiePath}`
      if (expiresAtMillis <= Date.now()) this.#kept.delete(key)
      else this.#kept.set(key, { value: `${name}=${value}`, path: cookiePath, expiresAtMillis })
    }
  }

  /** The `cookie` header for a path; null where nothing is to be sent. Longer paths come first. */
  header(path: string): string | null {
    if (this.#kept.size === 0) return null
    const now = Date.now()
    const [pathname = ''] = path.split('?')
    const fitting = [...this.#kept.values()].filter(
      (cookie) => cookie.expiresAtMillis > now && covers(cookie.path, pathname),
    )
    if (fitting.length === 0) return null
    return fitting
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ value }) => value)
      .join('; ')
  }
}

/** RFC 6265, 5.3: the age comes before the date, and a date that is none is as good as no date. */
function expiryOf({ maxAge, expires }: Pick<Cookie, 'maxAge' | 'expires'>): number {
  if (maxAge !== undefined) return Date.now() + maxAge * 1000
  const millis = Number(expires)
  return Number.isNaN(millis) ? Infinity : millis
}

/** RFC 6265, 5.1.4: the default path of a cookie. */
function folderOf(path: string): string {
  const [pathname = ''] = path.split('?')
  return pathname.slice(0, pathname.lastIndexOf('/')) || '/'
}

/** RFC 6265, 5.1.4: path matching. */
function covers(cookiePath: string, path: string): boolean {
  if (!path.startsWith(cookiePath)) return false
  return path.length === cookiePath.length || cookiePath.endsWith('/') || path[cookiePath.length] === '/'
}
