import type { FileEdit } from '../../../../model/source.ts'
import { delegateName, modelsIn } from './schema.ts'

/** Adds `@@index([…])` to a model, below its other block attributes. */
export function addIndex(
  table: string,
  columns: readonly string[],
  files: ReadonlyMap<string, string>,
): FileEdit[] | null {
  const edits = modelsIn(files)
    .filter(({ name }) => delegateName(name) === table)
    .map(({ file, closing, lines }): FileEdit => {
      const text = files.get(file) ?? ''
      const lineBreak = text.includes('\r\n') ? '\r\n' : '\n'
      const indent = /^\s+(?=\S)/.exec(lines.find((line) => line.text.trim() !== '')?.text ?? '')?.[0] ?? '  '
      const last = lines.at(-1)?.text.trim() ?? ''
      const separator = last === '' || last.startsWith('@@') ? '' : lineBreak
      const index = `${separator}${indent}@@index([${columns.join(', ')}])${lineBreak}`
      return { file, start: closing.start, end: closing.start, text: index }
    })
  return edits.length === 0 ? null : edits
}
