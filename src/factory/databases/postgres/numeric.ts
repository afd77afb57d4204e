import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { CopyBuffer } from './copy-buffer.ts'

const base = 10_000
const negative = 0x4000
const notANumber = 0xc000
/** Numbers with two decimals are tried first as whole hundredths: sums of money are most of all. */
const exactBelow = 2 ** 46

/** A number or decimal text in the binary format of `numeric`, with its length: groups of four decimal digits. */
export function writeNumeric(value: number | bigint | string, out: CopyBuffer): void {
  if (typeof value === 'number') {
    const magnitude = Math.abs(value)
    if (magnitude < exactBelow) {
      if (Number.isInteger(magnitude)) return writeWhole(magnitude, 0, 0, value < 0, out)
      const hundredths = Math.round(magnitude * 100)
      if (hundredths / 100 === magnitude) {
        const whole = Math.floor(hundredths / 100)
        return writeWhole(
          whole,
          (hundredths - whole * 100) * 100,
          hundredths % 10 === 0 ? 1 : 2,
          value < 0,
          out,
        )
      }
    }
  }
  writeDecimalText(String(value), out)
}

/** `whole` and one group of four digits behind the point. */
function writeWhole(whole: number, group: number, scale: number, isNegative: boolean, out: CopyBuffer): void {
  const tail = scale > 0 ? 1 : 0
  let groups = 0
  for (let rest = whole; rest > 0; rest = Math.floor(rest / base)) groups++
  out.int32(8 + 2 * (groups + tail))
  out.int16(groups + tail)
  out.int16(groups - 1)
  out.int16(isNegative ? negative : 0)
  out.int16(scale)
  for (let g = groups - 1; g >= 0; g--) out.int16(Math.floor(whole / base ** g) % base)
  if (tail > 0) out.int16(group)
}

function writeDecimalText(text: string, out: CopyBuffer): void {
  const match = /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?\s*$/.exec(text)
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = match ?? []
  if (match === null || whole + decimals === '') {
    if (!/^\s*nan\s*$/i.test(text)) throw notNumeric(text)
    out.int32(8)
    for (const word of [0, 0, notANumber, 0]) out.int16(word)
    return
  }
  const point = whole.length + Number(exponent)
  const all = whole + decimals
  const before = point <= 0 ? '' : all.slice(0, point).padEnd(point, '0')
  const behind = point <= 0 ? '0'.repeat(-point) + all : all.slice(point)
  const left = before.padStart(Math.ceil(before.length / 4) * 4, '0')
  const digits = left + behind.padEnd(Math.ceil(behind.length / 4) * 4, '0')
  out.int32(8 + digits.length / 2)
  out.int16(digits.length / 4)
  out.int16(left.length / 4 - 1)
  out.int16(sign === '-' ? negative : 0)
  out.int16(behind.length)
  for (let i = 0; i < digits.length; i += 4) out.int16(Number(digits.slice(i, i + 4)))
}

function notNumeric(text: string): Failure {
  return new Failure(
    'HR_DATABASE_CONSTRAINT',
    l10n.t('`{0}` was generated for a numeric column.', text.slice(0, 40)),
  )
}
