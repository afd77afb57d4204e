/** From here on a buffer is sent. Smaller writes cost a system call and a wake-up of the server each. */
const fullAt = 256 * 1024
/** Room for the row that crosses the line, so that nearly no row makes a buffer grow. */
const slack = 64 * 1024
/** The `d` and the length of a CopyData message, filled in when the buffer is sealed. */
const headLength = 5

const shortText = 16

/** Bytes of one CopyData message, written from the front and reused once they are sent. */
export class CopyBuffer {
  private buffer = Buffer.allocUnsafeSlow(headLength + fullAt + slack)
  private view = viewOf(this.buffer)
  private end = headLength

  /** Whether it is worth sending. */
  get isFull(): boolean {
    return this.end >= fullAt
  }

  clear(): void {
    this.end = headLength
  }

  /** The message as it goes over the wire. */
  sealed(): Uint8Array {
    this.buffer[0] = 0x64
    this.view.setInt32(1, this.end - 1)
    return this.buffer.subarray(0, this.end)
  }

  /** What was written, without the message's head. */
  get content(): Uint8Array {
    return this.buffer.subarray(headLength, this.end)
  }

  byte(value: number): void {
    this.reserve(1)
    this.buffer[this.end++] = value
  }

  int16(value: number): void {
    this.reserve(2)
    this.view.setInt16(this.end, value)
    this.end += 2
  }

  int32(value: number): void {
    this.reserve(4)
    this.view.setInt32(this.end, value)
    this.end += 4
  }

  /** A whole number up to 2^53 as 64 bits. */
  int64(value: number): void {
    this.reserve(8)
    const high = Math.floor(value / 4294967296)
    this.view.setInt32(this.end, high)
    this.view.setUint32(this.end + 4, value - high * 4294967296)
    this.end += 8
  }

  bigInt64(value: bigint): void {
    this.reserve(8)
    this.view.setBigInt64(this.end, value)
    this.end += 8
  }

  float32(value: number): void {
    this.reserve(4)
    this.view.setFloat32(this.end, value)
    this.end += 4
  }

  float64(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.end, value)
    this.end += 8
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.end)
    this.end += bytes.length
  }

  /** UTF-8, without its length. */
  text(text: string): void {
    const { length } = text
    this.reserve(length * 3)
    if (length > shortText || !this.shortAscii(text, length)) this.end += this.buffer.write(text, this.end)
  }

  /** UTF-8 after its length in bytes, which counts `extra` bytes more. */
  lengthAndText(text: string): void {
    const start = this.end
    this.reserve(text.length * 3 + 4)
    this.end += 4
    this.text(text)
    this.view.setInt32(start, this.end - start - 4)
  }

  /** Room for a length that {@link fillLength} writes once it is known. */
  openLength(): number {
    this.reserve(4)
    this.end += 4
    return this.end
  }

  /** Writes the length of what came since {@link openLength} gave `start`. */
  fillLength(start: number): void {
    this.view.setInt32(start - 4, this.end - start)
  }

  /** Short texts of ASCII, by far the most, are copied faster here than by a call out of JavaScript. */
  private shortAscii(text: string, length: number): boolean {
    const { buffer, end } = this
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return false
      buffer[end + i] = code
    }
    this.end = end + length
    return true
  }

  private reserve(bytes: number): void {
    if (this.end + bytes > this.buffer.length) this.grow(bytes)
  }

  private grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(2 * (this.end + bytes))
    larger.set(this.buffer.subarray(0, this.end))
    this.buffer = larger
    this.view = viewOf(larger)
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
