export interface TransactionOptions {
  /** Whether the work is kept at the end; else it is taken back. */
  readonly keep?: boolean
  readonly durable?: boolean
}

/**
 * Runs `work` in a transaction and commits it, or rolls back when `work` throws or asks for it by `keep: false`. What is
 * `durable` has reached the disk, and all before it, once this is done.
 */
export async function inTransaction<T>(
  query: (sql: string) => Promise<unknown>,
  work: () => Promise<T>,
  { keep = true, durable = false }: TransactionOptions = {},
): Promise<T> {
  await query('BEGIN')
  try {
    if (durable) await query('SET LOCAL synchronous_commit = on')
    const result = await work()
    await query(keep ? 'COMMIT' : 'ROLLBACK')
    return result
  } catch (error) {
    // A connection that is lost has rolled back by itself.
    await query('ROLLBACK').catch(() => {})
    throw error
  }
}
