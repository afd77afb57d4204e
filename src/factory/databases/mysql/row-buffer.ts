/** Room that nearly all statements fit into. */
const usualBytes = 1024 * 1024
/** Up to here, copying character by character is faster than a call out of JavaScript. */
const shortText = 48

const dayMillis = 86_400_000

/** https://mariadb.com/kb/en/com_stmt_execute/ and https://mariadb.com/kb/en/result-set-packets/#field-types */
const execute = 0x17
/** The packet's header, the command, the statement's number, flags, and how often it runs. */
const headBytes = 14
const types = { double: 5, none: 6, bigint: 8, blob: 252, text: 253 } as const
/** Before a length of three bytes. */
const threeBytes = 0xfd

/** Parameters of a prepared statement as the server reads them: one packet, in which each value has a type of its own. */
export class RowBuffer {
  private buffer = Buffer.allocUnsafeSlow(usualBytes)
  private end = 0
  private parameter = 0
  private typesAt = 0

  /** Begins with the first parameter of that statement. */
  begin(statement: number, parameters: number): void {
    const nullBytes = (parameters + 7) >> 3
    this.end = 0
    this.reserve(headBytes + nullBytes + 1 + parameters * 2)
    const { buffer } = this
    buffer[4] = execute
    buffer.writeUInt32LE(statement, 5)
    buffer[9] = 0
    buffer.writeUInt32LE(1, 10)
    buffer.fill(0, headBytes, headBytes + nullBytes)
    // Types follow.
    buffer[headBytes + nullBytes] = 1
    this.typesAt = headBytes + nullBytes + 1
    this.end = this.typesAt + parameters * 2
    this.parameter = 0
  }

  /** What was written, with room for the packet's header. It stays as it is until the next {@link begin}. */
  get packet(): Buffer {
    return this.buffer.subarray(0, this.end)
  }

  null(): void {
    const at = headBytes + (this.parameter >> 3)
    this.buffer[at] = (this.buffer[at] ?? 0) | (1 << (this.parameter & 7))
    this.typed(types.none)
  }

  /** A whole number up to 2^53. */
  integer(value: number): void {
    this.reserve(8)
    this.uint32(value >>> 0)
    this.uint32(Math.floor(value / 2 ** 32) >>> 0)
    this.typed(types.bigint)
  }

  double(value: number): void {
    this.reserve(8)
    this.end = this.buffer.writeDoubleLE(value, this.end)
    this.typed(types.double)
  }

  /** A text as UTF-8. */
  text(text: string): void {
    const { length } = text
    this.reserve(4 + length * 3)
    if (length > shortText || !this.shortText(text, length)) {
      const bytes = this.buffer.write(text, this.end + 4)
      this.length(bytes)
      this.end += bytes
    }
    this.typed(types.text)
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(4 + bytes.length)
    this.length(bytes.length)
    this.buffer.set(bytes, this.end)
    this.end += bytes.length
    this.typed(types.blob)
  }

  /** `2025-01-31` of milliseconds since 1970, in years 0 to 9999. */
  day(millis: number): void {
    this.reserve(11)
    this.sign(10)
    this.date(millis)
    this.typed(types.text)
  }

  /** `2025-01-31 12:34:56.789` with so many digits of the second's fraction. */
  moment(millis: number, fraction: number): void {
    const digits = Math.min(3, fraction)
    this.reserve(24)
    this.sign(digits === 0 ? 19 : 20 + digits)
    this.date(millis)
    const ofDay = Math.floor(millis) - Math.floor(millis / dayMillis) * dayMillis
    const seconds = (ofDay / 1000) | 0
    this.sign(32)
    this.digits((seconds / 3600) | 0)
    this.sign(58)
    this.digits(((seconds / 60) | 0) % 60)
    this.sign(58)
    this.digits(seconds % 60)
    if (digits > 0) {
      const thousandths = ofDay % 1000
      this.sign(46)
      this.sign(48 + ((thousandths / 100) | 0))
      if (digits > 1) this.sign(48 + (((thousandths / 10) | 0) % 10))
      if (digits > 2) this.sign(48 + (thousandths % 10))
    }
    this.typed(types.text)
  }

  private date(millis: number): void {
    // Days since the first of March of the year 0: leap days come last then (Howard Hinnant, civil_from_days).
    const days = Math.floor(millis / dayMillis) + 719_468
    const era = Math.floor(days / 146_097)
    const dayOfEra = days - era * 146_097
    const yearOfEra =
      ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) |
      0
    const dayOfYear = dayOfEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0))
    const shifted = ((5 * dayOfYear + 2) / 153) | 0
    const month = shifted < 10 ? shifted + 3 : shifted - 9
    const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    this.digits((year / 100) | 0)
    this.digits(year % 100)
    this.sign(45)
    this.digits(month)
    this.sign(45)
    this.digits(dayOfYear - (((153 * shifted + 2) / 5) | 0) + 1)
  }

  /** Of ASCII alone; gives false, with nothing written, for others. */
  private shortText(text: string, length: number): boolean {
    const { buffer } = this
    let at = this.end + 1
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return false
      buffer[at++] = code
    }
    buffer[this.end] = length
    this.end = at
    return true
  }

  private length(bytes: number): void {
    this.sign(threeBytes)
    this.sign(bytes & 255)
    this.sign((bytes >> 8) & 255)
    this.sign(bytes >> 16)
  }

  private typed(type: number): void {
    const at = this.typesAt + this.parameter * 2
    this.buffer[at] = type
    this.buffer[at + 1] = 0
    this.parameter++
  }

  private uint32(value: number): void {
    const { buffer, end } = this
    buffer[end] = value & 255
    buffer[end + 1] = (value >>> 8) & 255
    buffer[end + 2] = (value >>> 16) & 255
    buffer[end + 3] = value >>> 24
    this.end = end + 4
  }

  private digits(pair: number): void {
    const tens = (pair / 10) | 0
    this.buffer[this.end++] = 48 + tens
    this.buffer[this.end++] = 48 + pair - tens * 10
  }

  private sign(code: number): void {
    this.buffer[this.end++] = code
  }

  private reserve(bytes: number): void {
    if (this.end + bytes <= this.buffer.length) return
    const larger = Buffer.allocUnsafeSlow(2 * (this.end + bytes))
    larger.set(this.buffer.subarray(0, this.end))
    this.buffer = larger
  }
}
