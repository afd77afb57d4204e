import * as l10n from '@vscode/l10n'
import { projectPorts } from '../evidence/project-ports.ts'
import { Failure } from '../model/failure.ts'
import { withListening, otherAddresses } from './addresses.ts'
import type { ProjectConfig } from './config.ts'
import { readDevScript, type DevScript } from './dev-script.ts'
import { portInEnvFiles } from './env-files.ts'
import { askPort, isListening } from './server-probe.ts'
import { startDevServer, type DevServer } from './server.ts'

/** Where the load will go, and how to bring it up when nothing listens. */
export interface Target {
  readonly baseUrl: string
  readonly host: string
  readonly port: number
  /** Where the address was taken from, in words: `configuration`, `PORT in .env`, `Next.js's usual port`. */
  readonly source: string
  /** Whether the developer wrote the address; any other may turn out to be a different port once the server is up. */
  readonly given: boolean
  readonly listening: boolean
  readonly startCommand: string | null
}

/** An address before anyone has asked whether something listens there. */
type Address = Pick<Target, 'baseUrl' | 'source' | 'given'>

const fallbackPort = 3000
const discoveryMillis = 1000

/**
 * Finds the dev server of a project, in this order: the configured base URL; what runs in the project's folder now;
 * `PORT` in its `.env` files; the port in the script of package.json that starts it; its framework's usual port. Throws
 * `HR_TARGET` when the URL is not an http(s) URL, `HR_SEVERAL_SERVERS` when several run and nothing says which is meant.
 */
export async function findTarget(root: string, config: ProjectConfig): Promise<Target> {
  const script = await readDevScript(root)
  const address = config.baseUrl === undefined ? await discover(root, script) : configured(config.baseUrl)
  const url = new URL(address.baseUrl)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  return {
    ...address,
    host,
    port,
    listening: isLoopbackName(host) && (await isListening(host, port)),
    startCommand: config.startCommand ?? script.command,
  }
}

function configured(baseUrl: string): Address {
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol)) {
    throw new Failure(
      'HR_TARGET',
      l10n.t('"{0}" is not an http URL. Give one such as http://localhost:3000.', baseUrl),
    )
  }
  // A path is a prefix that all routes have there, such as that of a gateway, or one that the code sets as it starts.
  const { origin, pathname } = new URL(baseUrl)
  return { baseUrl: origin + pathname.replace(/\/$/, ''), source: l10n.t('configuration'), given: true }
}

interface RunningServer {
  readonly port: number
  readonly protocol: 'http' | 'https'
}

async function discover(root: string, script: DevScript): Promise<Address> {
  const [running, inEnv] = await Promise.all([runningServers(root), portInEnvFiles(root)])
  const named = [inEnv, script.port].filter((each) => each !== null)
  const server = chooseServer(
    running,
    named.map(({ port }) => port),
  )
  if (server !== null) {
    const { port, protocol } = server
    const by = running.length === 1 ? null : named.find((each) => each.port === port)
    const source =
      by === null || by === undefined
        ? l10n.t('it runs in this folder')
        : l10n.t('it runs in this folder; {0}', by.source)
    return { baseUrl: `${protocol}://localhost:${port}`, source, given: false }
  }
  const { port, source } = named[0] ?? usualPlace(script)
  return { baseUrl: `http://localhost:${port}`, source, given: false }
}

function usualPlace({ usual }: DevScript): { port: number; source: string } {
  if (usual === null) return { port: fallbackPort, source: l10n.t('default port') }
  return { port: usual.port, source: l10n.t("{0}'s usual port", usual.framework) }
}

/** The web servers among what the project's processes serve; its databases, debuggers and live reload are others. */
async function runningServers(root: string): Promise<RunningServer[]> {
  const ports = await projectPorts(root)
  const servers = await Promise.all(
    ports.map(async (port) => {
      const answer = await askPort({ host: 'localhost', port }, discoveryMillis)
      // One that takes its time, as when it compiles a page first, still is a server.
      const protocol = answer === 'silent' ? 'http' : answer
      return protocol === 'http' || protocol === 'https' ? [{ port, protocol } as const] : []
    }),
  )
  return servers.flat()
}

/** The only server that runs, or the first that a named port means; null where none runs. */
function chooseServer(running: readonly RunningServer[], named: readonly number[]): RunningServer | null {
  const [first, second] = running
  if (first === undefined || second === undefined) return first ?? null
  for (const port of named) {
    const meant = running.find((server) => server.port === port)
    if (meant !== undefined) return meant
  }
  const ports = running.map(({ port }) => port)
  const list = l10n.t('{0} and {1}', ports.slice(0, -1).join(', '), ports.at(-1) ?? '')
  throw new Failure(
    'HR_SEVERAL_SERVERS',
    l10n.t('Several servers run in this folder, on ports {0}. Say which one to load.', list),
    { actions: otherAddresses(ports) },
  )
}

/** Names and addresses that can only be this machine; anything else is left to the engine's own check, unprobed. */
export function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function nothingListens(target: Target, ports: readonly number[]): Failure {
  const address = `${target.host}:${target.port}`
  const start = target.startCommand
  const message =
    start === null
      ? l10n.t(
          'Nothing is listening on {0}. Start your server, or set "baseUrl" to where it listens.',
          address,
        )
      : l10n.t('Nothing is listening on {0}. Start it with `{1}`.', address, start)
  return new Failure('HR_NO_SERVER', withListening(message, ports), {
    exitCode: 3,
    actions: [
      ...(start === null
        ? []
        : [{ id: 'start', title: l10n.t('Start'), argument: start, commandLine: '--start' }]),
      ...otherAddresses(ports),
    ],
  })
}

export interface BringUpOptions {
  /** Whether starting the dev server is agreed to. */
  readonly start: boolean
  readonly signal: AbortSignal
  readonly onActivity: (activity: string) => void
  /** What a server that is started for this finds in its environment, besides its port. */
  readonly environment?: Readonly<Record<string, string>>
}

/** A target with something behind it: `server` where it was started for this, null where it ran already. */
export interface BroughtUp {
  readonly target: Target
  readonly server: DevServer | null
}

/**
 * Makes sure that something listens, and starts the project's server where nothing does. An address that nobody wrote down
 * gives way to the port on which the server comes up. Names that are not plainly local are left to the engine, which
 * alone may decide. Throws `HR_NO_SERVER` when starting isn't agreed to or no start command is known.
 */
export async function bringUp(root: string, target: Target, options: BringUpOptions): Promise<BroughtUp> {
  const { host, port, startCommand } = target
  if (target.listening || !isLoopbackName(host)) return { target, server: null }
  if (!options.start || startCommand === null) {
    throw nothingListens(target, await projectPorts(root))
  }
  options.onActivity(l10n.t('Nothing listens on {0}:{1}; starting {2}', host, port, startCommand))
  const server = await startDevServer({
    command: startCommand,
    directory: root,
    environment: { PORT: String(port), ...options.environment },
    host,
    port,
    anyPort: !target.given,
    signal: options.signal,
  })
  if (server.port === port) return { target: { ...target, listening: true }, server }
  options.onActivity(l10n.t('It listens on port {0}', server.port))
  const baseUrl = `${server.protocol}://localhost:${server.port}`
  const source = l10n.t('where `{0}` listens', startCommand)
  return {
    target: { ...target, baseUrl, host: 'localhost', port: server.port, source, listening: true },
    server,
  }
}
