import { chown, copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { MongoClient, type Db, type Document } from 'mongodb'
import { endGroup } from '../../scripts/lifetime.ts'
import {
  freePort,
  requirePrograms,
  serverFolder,
  serverOwner,
  spawnServer,
  type TestServer,
} from './server.ts'

const startMillis = 20_000

/** A MongoDB of a test's own, or what speaks its protocol. */
export interface MongodbServer extends TestServer {
  /** FerretDB knows no validators, no transactions, no Decimal128 and no replica sets. */
  readonly make: 'mongodb' | 'ferretdb'
}

/** Starts a MongoDB of one's own, or FerretDB in its place. Throws `ServerMissing` where this machine has neither. */
export async function startMongodb(): Promise<MongodbServer> {
  const { server = '', make } = requirePrograms('mongodb')
  await using cleanup = new AsyncDisposableStack()
  const folder = cleanup.use(await serverFolder('hr-mongodb-'))
  const data = join(folder.path, 'data')
  await mkdir(data)
  if (serverOwner !== null) await chown(data, serverOwner.uid, serverOwner.gid)
  // The server's user may not read the folder that the program was built in.
  const program = make === 'ferretdb' ? join(folder.path, 'mongod') : server
  if (program !== server) await copyFile(server, program)
  const port = await freePort()
  const args =
    make === 'ferretdb'
      ? [`127.0.0.1:${port}`, `${data}/`]
      : [
          '--bind_ip=127.0.0.1',
          `--port=${port}`,
          `--dbpath=${data}`,
          `--unixSocketPrefix=${folder.path}`,
          '--quiet',
        ]
  const urlOf = (database: string) => `mongodb://127.0.0.1:${port}/${database}`
  const start = async () => {
    const started = spawnServer(program, args, folder.path)
    started.stderr?.resume()
    await withDatabase(urlOf('admin'), (db) => db.command({ ping: 1 }))
    return started
  }
  let child = await start()
  cleanup.defer(() => endGroup(child))
  let made = 0
  const lifetime = cleanup.move()
  return {
    url: urlOf('app'),
    socket: join(folder.path, `mongodb-${port}.sock`),
    dataFolder: data,
    port,
    pid: child.pid ?? 0,
    owner: serverOwner,
    make: make === 'mongodb' ? 'mongodb' : 'ferretdb',
    // MongoDB makes a database with its first document.
    createDatabase: async (name = `app_${++made}`) => urlOf(encodeURIComponent(name)),
    kill: () => endGroup(child, 'SIGKILL'),
    async restart() {
      child = await start()
    },
    stop: () => lifetime.disposeAsync(),
  }
}

/** Does some work with a database over a connection of its own. */
export async function withDatabase<T>(url: string, work: (db: Db) => Promise<T>): Promise<T> {
  const { host, pathname } = new URL(url)
  const client = new MongoClient(`mongodb://${host}/`, {
    directConnection: true,
    serverSelectionTimeoutMS: startMillis,
  })
  try {
    return await work(client.db(decodeURIComponent(pathname.slice(1))))
  } finally {
    await client.close()
  }
}

/** All that is in a database: its collections with their indexes and documents, in order of their keys. */
export function dump(url: string): Promise<Readonly<Record<string, unknown>>> {
  return withDatabase(url, async (db) => {
    const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name)
    const content: Record<string, unknown> = {}
    for (const name of names.toSorted()) {
      const indexes = await db.collection(name).indexes()
      const documents: Document[] = await db.collection(name).find().sort({ _id: 1 }).toArray()
      content[name] = { indexes, documents }
    }
    return content
  })
}
