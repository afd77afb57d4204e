const usualMillis = 80
const smallest = 200
const largest = 100_000
/** Of many rows, chunks may take longer: each commit costs as much as thousands of rows. */
const manyRows = 200_000
const millisOfMany = 250

/** Sizes chunks so that each takes about 80 ms, or 250 of many rows: Stop, and the app's own writes, wait for one at most. */
export class ChunkSize {
  private rows = 1000
  private readonly targetMillis: number

  constructor(allRows: number) {
    this.targetMillis = allRows >= manyRows ? millisOfMany : usualMillis
  }

  next(rowsLeft: number): number {
    return Math.min(this.rows, rowsLeft)
  }

  /** Takes note of how long a chunk took; growth is bounded, since the first chunks meet cold caches. */
  took(rows: number, millis: number): void {
    const ideal = rows * (this.targetMillis / Math.max(1, millis))
    this.rows = Math.round(Math.min(largest, Math.max(smallest, Math.min(ideal, this.rows * 2))))
  }
}
