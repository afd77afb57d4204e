import { openAsBlob } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

/** A database that listens. */
export interface PostgresServer {
  stop(): Promise<void>
}

/**
 * Serves an empty PostgreSQL database, which lives in memory, on a port of the loopback address. `EMPTY_DATABASE` names
 * the file from which it is copied: making one takes seconds.
 */
export async function servePostgres(port: number): Promise<PostgresServer> {
  const file = process.env['EMPTY_DATABASE']
  const db = await PGlite.create(file === undefined ? {} : { loadDataDir: await openAsBlob(file) })
  const server = new PGLiteSocketServer({ db, port, host: '127.0.0.1' })
  await server.start()
  return {
    async stop() {
      await server.stop()
      await db.close()
    },
  }
}
