import { Connection } from './connection.ts'

/** Smaller chunks are in the table before a second session is open. */
const fewestRows = 5000

/**
 * The sessions that append chunks: the run's own, and for large chunks a second one, so that the server works on two
 * cores. Where it takes no further session, chunks wait for the first.
 */
export class Writers {
  private readonly lead: Connection
  private second: Promise<Connection | null> | null = null
  private readonly busy = new Set<Connection>()
  private readonly waiting: (() => void)[] = []

  constructor(lead: Connection) {
    this.lead = lead
  }

  /** Runs `work` on a session that nothing else is written on meanwhile. */
  async write<T>(rows: number, work: (session: Connection) => Promise<T>): Promise<T> {
    const session = await this.take(rows)
    try {
      return await work(session)
    } finally {
      this.busy.delete(session)
      this.waiting.shift()?.()
    }
  }

  async close(): Promise<void> {
    await (await this.second)?.close()
  }

  private async take(rows: number): Promise<Connection> {
    for (;;) {
      const session = await this.free(rows)
      if (session !== null && !this.busy.has(session)) {
        this.busy.add(session)
        return session
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  private async free(rows: number): Promise<Connection | null> {
    if (!this.busy.has(this.lead)) return this.lead
    if (rows < fewestRows) return null
    return (this.second ??= openSecond(this.lead).catch(() => null))
  }
}

async function openSecond(lead: Connection): Promise<Connection> {
  const session = await Connection.open(lead.target)
  try {
    await session.assist()
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}
