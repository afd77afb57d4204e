import { startMongodb } from '../test/servers/mongodb.ts'
const s = await startMongodb(); console.log(s.url, s.pid)
await new Promise((r) => process.once('SIGTERM', r)); await s.stop()
