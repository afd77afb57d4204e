/** As long as a name from code, a path or a message gets in an answer. */
const nameLength = 120

/**
 * A text that others wrote, such as a route's path or a message, as one short line: control characters, line breaks and
 * characters that change the direction of reading become spaces. What it says stays a name and can't look like an answer
 * of its own.
 */
export function oneLine(text: string, length = nameLength): string {
  const line = text
    .slice(0, length * 4)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line.length <= length ? line : `${line.slice(0, length - 1).trimEnd()}…`
}

/** The same in quotation marks, as a value of a tool's input: `"GET /users/:userId"`. */
export function quoted(text: string): string {
  return JSON.stringify(oneLine(text))
}

/** `1 finding`, `3 findings`. */
export function counted(findings: number): string {
  return `${findings} ${findings === 1 ? 'finding' : 'findings'}`
}
