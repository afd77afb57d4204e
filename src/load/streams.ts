/** Content types whose answers come piece by piece. */
const streamed = ['text/event-stream', 'application/x-ndjson', 'application/jsonl', 'application/json-seq']

/** Whether an answer is a stream, by its content type. */
export function isStream(contentType: string | null): boolean {
  if (contentType === null) return false
  const [type = ''] = contentType.split(';')
  return streamed.includes(type.trim().toLowerCase())
}

const tailBytes = 4096

/** The end of a stream, where a language model's answer reports its usage. */
export class StreamTail {
  #text = ''

  /** Adds a chunk; only the last few kilobytes are kept. */
  add(chunk: Uint8Array): void {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString()
    this.#text = (this.#text + text).slice(-tailBytes)
  }

  /**
   * Completion tokens as the stream itself reports them (OpenAI's `stream_options.include_usage`: a last `data:` event
   * with `usage.completion_tokens`), or null where it doesn't: tokens are never guessed from chunks.
   */
  tokens(): number | null {
    const last = this.#text
      .split('\n')
      .filter((line) => line.startsWith('data:') && line.includes('"completion_tokens"'))
      .at(-1)
    return last === undefined ? null : reportedTokens(last.slice('data:'.length))
  }

  clear(): void {
    this.#text = ''
  }
}

function reportedTokens(json: string): number | null {
  try {
    const { usage }: { usage?: { completion_tokens?: unknown } | null } = JSON.parse(json)
    return typeof usage?.completion_tokens === 'number' ? usage.completion_tokens : null
  } catch {
    return null
  }
}
