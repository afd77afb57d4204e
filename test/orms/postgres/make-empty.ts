// Writes an empty database into a file: `node make-empty.ts <file>`.
import { writeFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'

const [file = ''] = process.argv.slice(2)
const db = await PGlite.create()
const dump = await db.dumpDataDir('none')
writeFileSync(file, new Uint8Array(await dump.arrayBuffer()))
await db.close()
