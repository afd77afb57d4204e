import type { VerdictKind } from '../model/verdict.ts'

const words: Readonly<Record<VerdictKind, string>> = {
  holds: 'HOLDS',
  breaks: 'FAIL',
  'fails-before-load': 'FAIL',
  'not-measured': 'NOT MEASURED',
  stopped: 'STOPPED',
}

/** A verdict in the word that an answer begins with; `kind` may come from a file that anybody wrote. */
export function verdictWord(kind: VerdictKind): string {
  return Object.hasOwn(words, kind) ? words[kind] : words['not-measured']
}
