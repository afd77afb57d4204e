import { subscribe } from 'node:diagnostics_channel'
import { threadId } from 'node:worker_threads'
import { countEmbeddedQueries } from './embedded-drivers.ts'
import { countSocketQueries } from './sockets.ts'
import { TallyWriter } from './tally.ts'

/** Loaded before the code of a server that Headroom starts: counts in it, and must never be the reason that it fails. */
function begin(folder: string): void {
  const tally = new TallyWriter(folder, `${process.pid}-${threadId}`)
  subscribe('http.server.response.finish', tally.countAnswer)
  subscribe('http2.server.stream.finish', tally.countAnswer)
  countSocketQueries(tally.countQueries)
  countEmbeddedQueries(tally.countQueries)
}

const folder = process.env.HEADROOM_COUNTERS
try {
  if (folder !== undefined && folder !== '') begin(folder)
} catch {
  // A Node.js that lacks something of this is not counted.
}
