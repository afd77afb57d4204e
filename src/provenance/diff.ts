/** Lines from 1, both included. */
interface HunkLines {
  readonly start: number
  readonly end: number
}

/**
 * The changed lines in the new files of a diff without context (`-U0`, prefixes a/ and b/), by file. Where a hunk only takes
 * lines away it is the line before them. What isn't a diff gives nothing.
 */
export function parseHunks(diff: string): Map<string, HunkLines[]> {
  const files = new Map<string, HunkLines[]>()
  let hunks: HunkLines[] | null = null
  let rest = 0
  for (const line of diff.split('\n')) {
    // Lines of code may look like headers; a hunk says how many follow.
    if (rest > 0 && /^[-+]/.test(line)) {
      rest -= 1
      continue
    }
    if (line.startsWith('\\')) continue
    rest = 0
    if (line.startsWith('diff --git ')) hunks = null
    if (line.startsWith('+++ ')) {
      const file = newName(line.slice('+++ '.length))
      hunks = file === null ? null : (files.get(file) ?? [])
      if (file !== null && hunks !== null) files.set(file, hunks)
    }
    const header = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line)
    if (header === null) continue
    const [removed, start, added] = [Number(header[1] ?? 1), Number(header[2]), Number(header[3] ?? 1)]
    rest = removed + added
    hunks?.push({ start: Math.max(1, start), end: Math.max(1, start + added - 1, start) })
  }
  return files
}

/** `b/src/users.ts`, `"b/tab\there.ts"`; null for `/dev/null`. A name with a space has a tab behind it. */
function newName(text: string): string | null {
  const name = text.startsWith('"') ? unquoted(text) : text.replace(/\t.*$/, '')
  return name.startsWith('b/') ? name.slice(2) : null
}

const escapes: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }

/** A name as git quotes it: like a string in C, other bytes in octal. */
export function unquoted(text: string): string {
  const bytes: Buffer[] = []
  const inside = /^"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? ''
  for (const [, octal, escaped, plain] of inside.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/g)) {
    if (octal !== undefined) bytes.push(Buffer.from([Number.parseInt(octal, 8) & 255]))
    else if (escaped !== undefined) bytes.push(Buffer.from([escapes[escaped] ?? escaped.charCodeAt(0)]))
    else bytes.push(Buffer.from(plain ?? ''))
  }
  return Buffer.concat(bytes).toString('utf8')
}
