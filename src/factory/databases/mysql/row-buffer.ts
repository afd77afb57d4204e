/** From here on a buffer is sent. Smaller ones cost a system call and a wake-up of the server each. */
const fullAt = 256 * 1024
/** The first one is sent sooner, and each one after it holds twice as much: the server begins at once. */
const firstFullAt = 32 * 1024
/** Room for the row that crosses the line, so that nearly no row makes a buffer grow. */
const slack = 64 * 1024
/** Up to here, copying character by character is faster than a call out of JavaScript. */
const shortText = 48

const backslash = 0x5c
const dayMillis = 86_400_000
const special = /[\0\t\n\\]/
const allSpecial = /[\0\t\n\\]/g
const escapes: Readonly<Record<string, string>> = { '\0': '\\0', '\t': '\\t', '\n': '\\n', '\\': '\\\\' }

/**
 * Rows as LOAD DATA reads them by default: fields end with a tab, rows with a line feed, and these, backslashes and zero
 * bytes in values have a backslash in front. `\N` is NULL.
 */
export class RowBuffer {
  /** Used in turn: a stream holds one or two, and the driver copies what it takes. */
  private readonly buffers = Array.from({ length: 4 }, () => Buffer.allocUnsafeSlow(fullAt + slack))
  private turn = 0
  private buffer = this.buffers[0] ?? Buffer.alloc(0)
  private end = 0
  private limit = firstFullAt

  /** Whether it is worth sending. */
  get isFull(): boolean {
    return this.end >= this.limit
  }

  get isEmpty(): boolean {
    return this.end === 0
  }

  /** Forgets what was written, and begins with small buffers again. */
  restart(): void {
    this.end = 0
    this.limit = firstFullAt
  }

  /** What was written. It stays as it is until three more were taken. */
  taken(): Uint8Array {
    const bytes = this.buffer.subarray(0, this.end)
    this.turn = (this.turn + 1) % this.buffers.length
    this.buffer = this.buffers[this.turn] ?? this.buffer
    this.end = 0
    this.limit = Math.min(fullAt, this.limit * 2)
    return bytes
  }

  endField(): void {
    this.reserve(1)
    this.buffer[this.end++] = 9
  }

  endRow(): void {
    this.reserve(1)
    this.buffer[this.end++] = 10
  }

  null(): void {
    this.reserve(2)
    this.buffer[this.end++] = backslash
    this.buffer[this.end++] = 78
  }

  /** A whole number. */
  integer(value: number): void {
    if (value < 0 || value >= 2 ** 31 || !Number.isInteger(value)) {
      this.ascii(String(value))
      return
    }
    this.reserve(10)
    const { buffer } = this
    let digits = 1
    for (let power = 10; power <= value; power *= 10) digits++
    let rest = value | 0
    for (let at = this.end + digits - 1; at >= this.end; at--) {
      const quotient = (rest / 10) | 0
      buffer[at] = 48 + rest - quotient * 10
      rest = quotient
    }
    this.end += digits
  }

  /** ASCII without anything that is escaped. */
  ascii(text: string): void {
    const { length } = text
    this.reserve(length)
    const { buffer, end } = this
    for (let i = 0; i < length; i++) buffer[end + i] = text.charCodeAt(i)
    this.end = end + length
  }

  /** A text as UTF-8. */
  text(text: string): void {
    const { length } = text
    this.reserve(length * 3)
    if (length <= shortText && this.shortText(text, length)) return
    const escaped = special.test(text) ? text.replaceAll(allSpecial, (sign) => escapes[sign] ?? sign) : text
    this.reserve(escaped.length * 3)
    this.end += this.buffer.write(escaped, this.end)
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length * 2)
    const { buffer } = this
    let at = this.end
    for (const byte of bytes) {
      if (byte === 0 || byte === 9 || byte === 10 || byte === backslash) {
        buffer[at++] = backslash
        buffer[at++] = byte === 0 ? 48 : byte === 9 ? 116 : byte === 10 ? 110 : backslash
      } else buffer[at++] = byte
    }
    this.end = at
  }

  hex(bytes: Uint8Array): void {
    this.ascii(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex'))
  }

  /** `2025-01-31` of milliseconds since 1970, in years 0 to 9999. */
  day(millis: number): void {
    this.reserve(10)
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

  /** `2025-01-31 12:34:56.789` with so many digits of the second's fraction. */
  moment(millis: number, fraction: number): void {
    this.day(millis)
    this.reserve(16)
    const ofDay = Math.floor(millis) - Math.floor(millis / dayMillis) * dayMillis
    const seconds = (ofDay / 1000) | 0
    this.sign(32)
    this.digits((seconds / 3600) | 0)
    this.sign(58)
    this.digits(((seconds / 60) | 0) % 60)
    this.sign(58)
    this.digits(seconds % 60)
    if (fraction === 0) return
    this.sign(46)
    this.ascii(String(1000 + (ofDay % 1000)).slice(1, 1 + Math.min(3, fraction)))
  }

  private shortText(text: string, length: number): boolean {
    const { buffer } = this
    let at = this.end
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return false
      if (code === backslash || code === 9 || code === 10 || code === 0) return false
      buffer[at++] = code
    }
    this.end = at
    return true
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
    this.buffers[this.turn] = larger
  }
}
