const targetMillis = 80
const smallest = 200
const largest = 50_000

/** Sizes chunks so that each takes about 80 ms: Stop, and the app's own writes, wait for one chunk at most. */
export class ChunkSize {
  private rows = 1000

  next(rowsLeft: number): number {
    return Math.min(this.rows, rowsLeft)
  }

  /** Takes note of how long a chunk took; growth is bounded, since the first chunks meet cold caches. */
  took(rows: number, millis: number): void {
    const ideal = rows * (targetMillis / Math.max(1, millis))
    this.rows = Math.round(Math.min(largest, Math.max(smallest, Math.min(ideal, this.rows * 2))))
  }
}
