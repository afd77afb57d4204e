import { chown, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
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
const settings = [
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--skip-log-bin',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-flush-method=nosync',
  '--innodb-doublewrite=0',
  '--innodb-buffer-pool-size=128M',
  '--innodb-log-file-size=96M',
  '--max-allowed-packet=64M',
  '--local-infile=1',
  '--character-set-server=utf8mb4',
]

/** Further options of a server's command line. */
export interface MariadbOptions {
  readonly arguments?: readonly string[]
}

/** Starts a MariaDB of one's own. Throws `ServerMissing` where this machine has none. */
export async function startMariadb(options: MariadbOptions = {}): Promise<TestServer> {
  const { server = '', statements = '' } = requirePrograms('mariadb')
  await using cleanup = new AsyncDisposableStack()
  const folder = cleanup.use(await serverFolder('hr-mariadb-'))
  const data = join(folder.path, 'data')
  const socket = join(folder.path, 'server.sock')
  const port = await freePort()
  await initialise(server, statements, folder.path, data)
  const places = ['--no-defaults', `--datadir=${data}`, `--tmpdir=${folder.path}`]
  const listening = [`--socket=${socket}`, `--port=${port}`, `--pid-file=${join(folder.path, 'server.pid')}`]
  const args = [...places, ...listening, ...settings, ...(options.arguments ?? [])]
  const start = async () => {
    const started = spawnServer(server, args, folder.path)
    await serverIsReady(started, /ready for connections/)
    return started
  }
  let child = await start()
  cleanup.defer(() => endGroup(child))

  const urlOf = (database: string) => `mysql://headroom:${password}@127.0.0.1:${port}/${database}`
  let made = 0
  const createDatabase = async (name = `app_${++made}`) => {
    await query(urlOf(''), `CREATE DATABASE \`${name.replaceAll('`', '``')}\``)
    return urlOf(encodeURIComponent(name))
  }
  const url = await createDatabase('app')
  const lifetime = cleanup.move()
  return {
    url,
    socket,
    dataFolder: data,
    port,
    pid: child.pid ?? 0,
    owner: serverOwner,
    createDatabase,
    kill: () => endGroup(child, 'SIGKILL'),
    async restart() {
      child = await start()
    },
    stop: () => lifetime.disposeAsync(),
  }
}

/** Makes the system tables as mariadb-install-db does, without its time zones, help texts and anonymous users. */
async function initialise(server: string, statements: string, folder: string, data: string): Promise<void> {
  await mkdir(join(data, 'mysql'), { recursive: true })
  if (serverOwner !== null) {
    for (const path of [data, join(data, 'mysql')]) await chown(path, serverOwner.uid, serverOwner.gid)
  }
  const names = ['mysql_system_tables.sql', 'mysql_performance_tables.sql', 'mysql_system_tables_data.sql']
  const files = await Promise.all(names.map((name) => readFile(join(statements, name), 'utf8')))
  const input = [
    'CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\nSET @auth_root_socket=NULL, @skip_auth_anonymous=1;\n',
    ...files,
    'FLUSH PRIVILEGES;\n',
    `CREATE USER headroom@'%' IDENTIFIED BY '${password}';\n`,
    "GRANT ALL PRIVILEGES ON *.* TO headroom@'%' WITH GRANT OPTION;\n",
  ]
  const args = ['--no-defaults', '--bootstrap', `--datadir=${data}`, `--tmpdir=${folder}`, '--log-warnings=0']
  const fast = settings.filter((setting) => setting.startsWith('--innodb'))
  await runToEnd(spawnServer(server, [...args, ...fast], folder), input.join('\n'))
}

/** All that is in a database: the structure, rows and counters of its tables. */
export async function dump(url: string): Promise<string> {
  const connection = await mysql.createConnection({ uri: url, dateStrings: true, supportBigNumbers: true })
  try {
    const [tables] = await connection.query<mysql.RowDataPacket[][]>({
      sql: 'SHOW TABLES',
      rowsAsArray: true,
    })
    const parts: unknown[] = []
    for (const [name] of tables) {
      const [[created]] = await connection.query<mysql.RowDataPacket[]>('SHOW CREATE TABLE ??', [name])
      const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT * FROM ??', [name])
      parts.push(created, ...rows.map((row) => JSON.stringify(row)).toSorted())
    }
    return JSON.stringify(parts, null, 1)
  } finally {
    await connection.end()
  }
}

/** Runs one statement over a connection of its own and gives its rows. */
export async function query(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await mysql.createConnection(url)
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(statement)
    return Array.isArray(rows) ? rows : []
  } finally {
    await connection.end()
  }
}
