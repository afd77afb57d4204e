import { execFile } from 'node:child_process'
import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { endGroup } from '../../scripts/lifetime.ts'
import {
  freePort,
  requirePrograms,
  runToEnd,
  serverFolder,
  serverIsReady,
  serverOwner,
  spawnServer,
  type TestServer,
} from './server.ts'

const password = 'local-test'
/** Nothing of a test's data needs to survive a crash of the machine. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '4GB',
  listen_addresses: '127.0.0.1',
  timezone: 'UTC',
}

/** Further settings of a server's configuration file, by name. */
export interface PostgresOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Makes it a standby that streams from this server. */
  readonly standbyOf?: TestServer
  /** An empty folder of the server's user for its data, in place of one that goes with the server. */
  readonly dataFolder?: string
}

/** Starts a PostgreSQL of one's own. Throws `ServerMissing` where this machine has none. */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestServer> {
  const programs = requirePrograms('postgres')
  await using cleanup = new AsyncDisposableStack()
  const folder = cleanup.use(await serverFolder('hr-postgres-'))
  const data = options.dataFolder ?? join(folder.path, 'data')
  await (options.standbyOf === undefined
    ? initialise(programs['initdb'] ?? '', folder.path, data)
    : copyOf(options.standbyOf, programs['folder'] ?? '', folder.path, data))
  const port = await freePort()
  const all = { ...settings, port: String(port), unix_socket_directories: folder.path, ...options.settings }
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
  await appendFile(join(data, 'postgresql.conf'), lines.join(''))
  const start = async () => {
    const started = spawnServer(programs['postgres'] ?? '', ['-D', data], folder.path)
    await serverIsReady(started, /database system is ready to accept (?:read-only )?connections/)
    return started
  }
  let child = await start()
  cleanup.defer(() => endGroup(child, 'SIGINT'))

  const urlOf = (database: string) => `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`
  let made = 0
  const createDatabase = async (name = `app_${++made}`) => {
    await query(urlOf('postgres'), `CREATE DATABASE "${name.replaceAll('"', '""')}"`)
    return urlOf(encodeURIComponent(name))
  }
  const url = options.standbyOf === undefined ? await createDatabase('app') : urlOf('app')
  const lifetime = cleanup.move()
  return {
    url,
    socket: folder.path,
    dataFolder: data,
    port,
    pid: child.pid ?? 0,
    owner: serverOwner,
    createDatabase,
    kill: () => endGroup(child, 'SIGQUIT'),
    async restart() {
      child = await start()
    },
    stop: () => lifetime.disposeAsync(),
  }
}

async function initialise(program: string, folder: string, data: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const secret = join(folder, 'password')
  await writeFile(secret, `${password}\n`, { mode: 0o644 })
  const args = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--no-locale', '--no-sync', '--pwfile', secret]
  await runToEnd(spawnServer(program, [...args, '--auth-host=scram-sha-256', '--auth-local=trust'], folder))
}

async function copyOf(primary: TestServer, programs: string, folder: string, data: string): Promise<void> {
  const args = ['-d', primary.url, '-D', data, '--write-recovery-conf', '--checkpoint=fast', '--no-sync']
  await runToEnd(spawnServer(join(programs, 'pg_basebackup'), args, folder))
}

/** All that is in a database, as statements: its structure, rows and counters. */
export async function dump(url: string): Promise<string> {
  const program = join(requirePrograms('postgres')['folder'] ?? '', 'pg_dump')
  const { stdout } = await promisify(execFile)(program, ['--dbname', url], { maxBuffer: 2 ** 28 })
  // Their words are drawn anew for every dump.
  return stdout.replaceAll(/^\\(?:un)?restrict .*$/gm, '')
}

/** Runs one statement over a connection of its own and gives its rows. */
export async function query(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}
