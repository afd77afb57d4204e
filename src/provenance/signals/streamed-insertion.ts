import type { Signal } from '../signal.ts'
import { fewestCharacters, fewestInChange, fewestLines, isPiece, isStreamed, slowestRate } from '../stream.ts'

/** Answers often arrive line by line or word by word. Nobody types like that, and no machine types so much with each key. */
export const streamedInsertion: Signal = {
  id: 'streamed-insertion',
  weight: 0.4,
  about:
    `At least ${fewestLines} lines with ${fewestCharacters} characters came piece by piece, each where the last one ended: ` +
    `${slowestRate} characters a second or more, ${fewestInChange} or more in a piece.`,
  seen: ({ changes }, { stream }) => {
    const [change] = changes
    if (stream === null || !isStreamed(stream)) return null
    if (change === undefined || changes.length > 1 || !isPiece(change)) return null
    return { source: 'block inserted at once', changes }
  },
}
