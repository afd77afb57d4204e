import { writeFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endGroup, spawnGroup, temporaryFolder } from '../../lifetime.ts'
import { findProgram } from './peers.ts'
import { onCore, serverCore } from './pinned.ts'

/** nginx with one worker on the server's core, answering about 1 KB of JSON to everything. */
export interface Nginx {
  readonly url: string
  /** Requests that it has answered so far: its own count, to hold against what generators say. */
  readonly answered: () => Promise<number>
}

const items = Array.from({ length: 12 }, (_, id) => ({
  id,
  name: `Activity number ${id}`,
  minutes: id * 7 + 30,
  done: id % 2 === 0,
}))
const answer = JSON.stringify({ items, total: items.length })

/** Starts nginx on a free port and waits until it answers; it ends with `cleanup`. */
export async function startNginx(cleanup: AsyncDisposableStack): Promise<Nginx> {
  const folder = cleanup.use(await temporaryFolder('headroom-nginx-'))
  const port = await freePort()
  const configuration = join(folder.path, 'nginx.conf')
  await writeFile(configuration, configurationOf(folder.path, port))
  const [command, args] = onCore(serverCore, findProgram('nginx') ?? 'nginx', [
    '-p',
    folder.path,
    '-c',
    configuration,
    '-e',
    'stderr',
  ])
  const nginx = spawnGroup(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  cleanup.defer(() => endGroup(nginx))
  const url = `http://127.0.0.1:${port}`
  await untilAnswering(url, () => nginx.exitCode !== null)
  let asked = 0
  return {
    url: `${url}/activities`,
    async answered() {
      asked += 1
      const [, requests] = /\n \d+ \d+ (\d+)/.exec(await textOf(`${url}/status`)) ?? []
      return Number(requests) - asked
    },
  }
}

function configurationOf(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join('\n  ')
  return `daemon off;
worker_processes 1;
pid ${join(folder, 'nginx.pid')};
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  ${temporary}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    default_type application/json;
    location = /status { stub_status; }
    location / { return 200 '${answer}'; }
  }
}
`
}

/** A port of the loopback address on which nothing listens. */
async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.')
  return address.port
}

async function untilAnswering(url: string, ended: () => boolean): Promise<void> {
  const end = performance.now() + 10_000
  for (;;) {
    const text = await textOf(url).catch(() => null)
    if (text === answer) return
    await sleep(20)
    if (ended() || performance.now() > end) throw new Error('nginx did not start; see the lines above.')
  }
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url)
  return response.text()
}
