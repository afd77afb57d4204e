import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { WireRequest } from '../connection.ts'

/** Methods whose requests say that they have no body; for others that is taken for granted. */
const expectBody = ['POST', 'PUT', 'PATCH']
const notInPath = /[^\x21-\x7e]/
const notInName = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]|^$/
const notInValue = /[^\t\x20-\x7e\x80-\xff]/

/** A path that would end its line, or that needs percent-encoding. */
export function assertPath(path: string): void {
  if (notInPath.test(path) || !path.startsWith('/')) {
    throw new Failure(
      'HR_PATH',
      l10n.t("The path `{0}` can't be sent. Is it percent-encoded?", JSON.stringify(path).slice(1, -1)),
    )
  }
}

/** A header that would break its line; its value may be a secret, and isn't told. */
export function assertHeader(name: string, value: string): void {
  if (notInName.test(name) || notInValue.test(value)) {
    throw new Failure(
      'HR_HEADER',
      l10n.t(
        "The header `{0}` has a name or a value that HTTP doesn't allow.",
        JSON.stringify(name).slice(1, -1),
      ),
    )
  }
}

/** Names and values, one after the other, as lines. */
function headerLines(headers: readonly string[]): string {
  let lines = ''
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const value = headers[index + 1] ?? ''
    assertHeader(name, value)
    lines += `${name}: ${value}\r\n`
  }
  return lines
}

/**
 * Writes the heads of requests to one host. Headers that come as the same array as last time are not written anew.
 * Throws `HR_PATH` and `HR_HEADER`.
 */
export class RequestText {
  readonly #fixed: string
  #headers: readonly string[] | null = null
  #lines = ''

  constructor(host: string, reuse: boolean) {
    this.#fixed = ` HTTP/1.1\r\nhost: ${host}\r\nconnection: ${reuse ? 'keep-alive' : 'close'}\r\n`
  }

  /** Request line and headers with their empty line, as Latin-1. */
  head({ method, path, headers, body }: WireRequest): string {
    assertPath(path)
    if (headers !== this.#headers) {
      this.#lines = headerLines(headers)
      this.#headers = headers
    }
    const head = `${method} ${path}${this.#fixed}${this.#lines}`
    if (body === null && !expectBody.includes(method)) return `${head}\r\n`
    return `${head}content-length: ${body === null ? 0 : body.byteLength}\r\n\r\n`
  }
}
