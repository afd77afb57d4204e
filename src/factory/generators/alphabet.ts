import type { Column } from '../../model/schema.ts'

/** The characters that a column can hold, where those aren't all. */
export type Alphabet = NonNullable<Column['alphabet']>

/** Characters that are none of an alphabet's. */
const others: Readonly<Record<Alphabet, RegExp>> = {
  ascii: /[^\n\t -~]/g,
  latin1: /[^\n\t -~\u00a0-\u00ff]/g,
  bmp: /[\ud800-\udfff]/g,
}

/** The alphabet that a generator's option names, or null for all characters. */
export function alphabetOption(option: unknown): Alphabet | null {
  return option === 'ascii' || option === 'latin1' || option === 'bmp' ? option : null
}

/** Whether a text has none but an alphabet's characters. */
export function isSpelled(text: string, alphabet: Alphabet | null): boolean {
  return alphabet === null || text.search(others[alphabet]) < 0
}

/** A text without what an alphabet lacks: without its accents, and where nothing is left, `otherwise`. */
export function spelled(text: string, alphabet: Alphabet, otherwise: string): string {
  if (isSpelled(text, alphabet)) return text
  const plain = text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(others[alphabet], '')
  return /[\p{L}\p{N}]/u.test(plain) ? plain.trim() : otherwise
}
