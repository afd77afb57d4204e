import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/** Preloaded by `measureProcess`: as the process ends, it writes the most memory it held, in KiB, to descriptor 3. */
if (isMainThread) process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))
