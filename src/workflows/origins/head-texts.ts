import { gitBytes } from './git.ts'

/** Texts of a project, to be compared with those that git keeps. */
export interface HeadOrder {
  readonly root: string
  /** `file` relative to `root`, forward slashes. */
  readonly texts: readonly { readonly file: string; readonly text: string }[]
}

/**
 * For each text whether it is that of the file in HEAD, line endings aside; false for all outside of a repository. Nothing of
 * the repository's configuration is carried out: no filters, no text conversion, no fetching of what is missing.
 */
export async function equalHead(
  { root, texts }: HeadOrder,
  _onProgress: (progress: never) => void,
  signal: AbortSignal,
): Promise<boolean[]> {
  const asked = texts.filter(({ file }) => !/[\r\n]/.test(file))
  const blobs = await readBlobs(
    root,
    asked.map(({ file }) => `HEAD:./${file}`),
    signal,
  )
  const inHead = new Map(asked.map(({ file }, index) => [file, blobs[index] ?? null]))
  return texts.map(({ file, text }) => {
    const blob = inHead.get(file) ?? null
    return blob !== null && withoutReturns(blob) === withoutReturns(text)
  })
}

function withoutReturns(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
}

async function readBlobs(
  root: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<(string | null)[]> {
  if (names.length === 0) return []
  const answer = await gitBytes(root, ['cat-file', '--batch'], { input: `${names.join('\n')}\n`, signal })
  return answer === null ? [] : blobsIn(answer)
}

/** Each answer is `<id> blob <bytes>`, then so many bytes and a line's end; or `<name> missing`. */
function blobsIn(answer: Buffer): (string | null)[] {
  const blobs: (string | null)[] = []
  let offset = 0
  while (offset < answer.length) {
    const lineEnd = answer.indexOf(10, offset)
    if (lineEnd < 0) break
    const size = /^[0-9a-f]+ \w+ (\d+)$/.exec(answer.toString('utf8', offset, lineEnd))?.[1]
    offset = lineEnd + 1
    if (size === undefined) {
      blobs.push(null)
      continue
    }
    blobs.push(answer.toString('utf8', offset, offset + Number(size)))
    offset += Number(size) + 1
  }
  return blobs
}
