import { channel } from 'node:diagnostics_channel'
import { Socket } from 'node:net'
import { type Collection, type Db, type Document, MongoClient, type MongoClientOptions } from 'mongodb'
import { guardMongodb, guardMongodbUrl, refuseServersOwn } from '../guards/mongodb.ts'
import { type End, ownEndOf } from '../guards/session.ts'
import { type GuardedTarget, guardTarget, mongodbDefaults } from '../guards/target.ts'
import { explain } from './failures.ts'

const selectionMillis = 3_000
/** A document's key is whatever the model says. */
export interface Keyed extends Document {
  readonly _id: unknown
}

/** A guarded connection to one MongoDB database on this machine. */
export class Connection {
  readonly target: GuardedTarget
  private readonly client: MongoClient
  private readonly db: Db

  private constructor(client: MongoClient, target: GuardedTarget) {
    this.client = client
    this.target = target
    this.db = client.db(target.database)
  }

  /** Connects and guards. Throws a `Failure`: of the guards, or what keeps it from connecting. */
  static async open(url: string): Promise<Connection> {
    guardMongodbUrl(url)
    const target = await guardTarget(url, mongodbDefaults)
    refuseServersOwn(target.database)
    const place = target.socketPath === null ? bracketed(target) : encodeURIComponent(target.socketPath)
    const client = new MongoClient(`mongodb://${place}/`, clientOptions(url, target))
    const sockets = new SocketWatch()
    try {
      await client.connect()
      const admin = client.db('admin')
      await guardMongodb(
        (command) => admin.command({ ...command }),
        target,
        (port) => sockets.endWithPort(port),
      )
      return new Connection(client, target)
    } catch (error) {
      await client.close().catch(() => undefined)
      throw explain(error, target.display, false)
    } finally {
      sockets.stop()
    }
  }

  /** Does some work with the database; what the server refuses becomes a `Failure`. */
  async with<T>(work: (db: Db) => Promise<T>): Promise<T> {
    try {
      return await work(this.db)
    } catch (error) {
      throw explain(error, this.target.display)
    }
  }

  /** A collection of the database. Its calls belong inside {@link with}. */
  collection(name: string): Collection<Keyed> {
    return this.db.collection<Keyed>(name)
  }

  close(): Promise<void> {
    return this.client.close()
  }
}

function bracketed({ address, port }: GuardedTarget): string {
  return `${address?.includes(':') === true ? `[${address}]` : (address ?? '')}:${port}`
}

/** Never the URL itself: a driver that reads it would look for further servers. */
function clientOptions(
  url: string,
  { user, password, database, parameters }: GuardedTarget,
): MongoClientOptions {
  const hasAccount = /^[^/?#]*\/\/[^/?#]*@/.test(url)
  const secure = parameters['tls'] ?? parameters['ssl']
  return {
    directConnection: true,
    appName: 'headroom',
    maxPoolSize: 2,
    serverSelectionTimeoutMS: selectionMillis,
    ...(hasAccount
      ? { auth: { username: user, password }, authSource: parameters['authSource'] ?? database }
      : {}),
    ...(secure === 'true' ? { tls: true, tlsAllowInvalidCertificates: true } : {}),
  }
}

/** The driver keeps its sockets to itself; Node.js tells of each that is made. */
class SocketWatch {
  private readonly sockets: Socket[] = []
  private readonly channel = channel('net.client.socket')

  constructor() {
    this.channel.subscribe(this.note)
  }

  endWithPort(port: number): End | null {
    return this.sockets.flatMap((socket) => ownEndOf(socket) ?? []).find((end) => end.port === port) ?? null
  }

  stop(): void {
    this.channel.unsubscribe(this.note)
  }

  private readonly note = (message: unknown): void => {
    const socket: unknown =
      typeof message === 'object' && message !== null ? Reflect.get(message, 'socket') : null
    if (socket instanceof Socket) this.sockets.push(socket)
  }
}
