import type { ChunkColumn } from '../database.ts'
import type { BinaryWriter } from './binary-values.ts'
import { binaryWriter } from './binary-values.ts'
import type { CopyBuffer } from './copy-buffer.ts'
import type { CopyRows } from './copy-load.ts'
import { textValue } from './text-values.ts'
import type { StorageType } from './types.ts'

/** A column whose values go into a table, with how the table stores them. */
export interface StoredColumn extends ChunkColumn {
  readonly storage: StorageType
}

/** How rows of these columns are handed over: as text where one of them has no binary format that is known here. */
export function copyFormat(columns: readonly StoredColumn[]): 'binary' | 'text' {
  return columns.every(({ storage }) => binaryWriter(storage) !== null) ? 'binary' : 'text'
}

/** The rows that `indexAt` gives for 0 … `count` - 1, in the format of {@link copyFormat}. */
export function copyRows(
  columns: readonly StoredColumn[],
  count: number,
  indexAt: (n: number) => number,
  format: 'binary' | 'text',
): CopyRows {
  return format === 'binary' ? binaryRows(columns, count, indexAt) : textRows(columns, count, indexAt)
}

type ColumnWriter = (index: number, out: CopyBuffer) => void

const signature = Buffer.concat([Buffer.from('PGCOPY\n\u00ff\r\n\0', 'latin1'), Buffer.alloc(8)])

function binaryRows(
  columns: readonly StoredColumn[],
  count: number,
  indexAt: (n: number) => number,
): CopyRows {
  const writers = columns.map(columnWriter)
  const width = writers.length
  let n = 0
  return {
    begin: (out) => out.raw(signature),
    next: (out) => {
      if (n >= count) return false
      const index = indexAt(n++)
      out.int16(width)
      for (const write of writers) write(index, out)
      return true
    },
    end: (out) => out.int16(-1),
  }
}

function columnWriter({ valueOf, storage }: StoredColumn): ColumnWriter {
  const write: BinaryWriter | null = binaryWriter(storage)
  if (write === null) throw new TypeError(`No binary format for ${storage.name}`)
  return (index, out) => {
    const value = valueOf(index)
    if (value === null) out.int32(-1)
    else write(value, out)
  }
}

const tab = 9
const newline = 10

function textRows(columns: readonly StoredColumn[], count: number, indexAt: (n: number) => number): CopyRows {
  let n = 0
  return {
    begin: () => {},
    next: (out) => {
      if (n >= count) return false
      const index = indexAt(n++)
      for (let c = 0; c < columns.length; c++) {
        if (c > 0) out.byte(tab)
        const column = columns[c]
        if (column !== undefined) out.text(textValue(column.valueOf(index), column.storage))
      }
      out.byte(newline)
      return true
    },
    end: () => {},
  }
}
