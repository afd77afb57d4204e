import { at, hash32 } from '../hash.ts'
import type { HashKey } from '../hash.ts'

/** Texts that people really enter and that careless code breaks on. */
const all = [
  'It\'s "quoted", isn\'t it?',
  '007',
  '00123',
  'null',
  '👩‍👩‍👧‍👦 🎉',
  'Größe: 12 µm ± 5 %',
  'مرحبا بالعالم',
  'שלום עולם',
  '日本語のテキスト',
  '50 % off, only today & <b>here</b>',
  'C:\\files\\new\\table',
  'first line\nsecond line\tafter a tab',
  'e\u0301le\u0300ve',
  "O'Hara; --",
  '{{name}} ${name} %s',
  '=1+1',
  'x'.repeat(255),
  'A long text without an end. '.repeat(21).trimEnd(),
] as const

/** One row in a hundred: 2^32 / 100. */
const share = 42_949_673

/** `text`, but in about one row of a hundred one of the {@link all} that is no longer than `longest`. */
export function withEdges(
  text: (index: number) => string,
  key: HashKey,
  longest: number,
): (index: number) => string {
  const fitting = all.filter((edge) => edge.length <= longest)
  if (fitting.length === 0) return text
  const edgeKey = { a: key.b, b: key.a }
  return (index) => {
    const h = hash32(edgeKey, index)
    return h < share ? at(fitting, h % fitting.length) : text(index)
  }
}
