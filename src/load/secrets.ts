import type { WireRequest } from './connection.ts'

/** Names of headers whose values open doors. */
const secretHeader = /auth|cookie|token|secret|session|password|key/
/** What is shorter may be any word. */
const fewestCharacters = 6
const schemes = ['bearer', 'digest']

/**
 * A server's words without the secrets that it was sent and repeats, as errors like to do: what headers such as
 * `authorization` hold, the texts in a JSON body, and `others`, such as captured tokens and cookies.
 */
export function withoutSecrets(text: string, request: WireRequest, others: readonly string[]): string {
  return [...headerSecrets(request), ...bodyTexts(request), ...others]
    .filter((secret) => secret.length >= fewestCharacters && !schemes.includes(secret.toLowerCase()))
    .toSorted((one, other) => other.length - one.length)
    .reduce((shown, secret) => shown.replaceAll(secret, '…'), text)
}

/** The parts of a header's value: scheme and token, names and values of cookies. */
export function partsOf(value: string): string[] {
  return value.split(/[\s;,=]+/)
}

function headerSecrets({ headers }: WireRequest): string[] {
  return headers.flatMap((value, index) =>
    index % 2 === 1 && secretHeader.test(headers[index - 1] ?? '') ? partsOf(value) : [],
  )
}

function bodyTexts({ body }: WireRequest): string[] {
  const texts = (body?.toString() ?? '').matchAll(/:\s*"((?:[^"\\]|\\.)*)"/g)
  return [...texts].map(([, text = '']) => text)
}
