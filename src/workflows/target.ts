import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser'
import { projectPorts } from '../evidence/project-ports.ts'
import { Failure, type FailureAction } from '../model/failure.ts'
import type { ProjectConfig } from './config.ts'
import { isListening, startDevServer, type DevServer } from './server.ts'

/** Where the load will go, and how to bring it up when nothing listens. */
export interface Target {
  readonly baseUrl: string
  readonly host: string
  readonly port: number
  /** Where the address was taken from, in words: `headroom.config.json`, `PORT in .env`, `default port`. */
  readonly source: string
  readonly listening: boolean
  readonly startCommand: string | null
}

const defaultPort = 3000
const emptyTree: Node = { type: 'object', offset: 0, length: 0 }

async function readOrEmpty(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}

async function guessStartCommand(root: string): Promise<string | null> {
  const text = await readOrEmpty(join(root, 'package.json'))
  const scripts = findNodeAtLocation(parseTree(text) ?? emptyTree, ['scripts'])
  const names = ['dev', 'start:dev', 'start', 'serve']
  const name = names.find(
    (each) => scripts !== undefined && findNodeAtLocation(scripts, [each]) !== undefined,
  )
  return name === undefined ? null : `npm run ${name}`
}

/** The variables of the project's `.env`, below those of this process. Values are never shown. */
export async function projectEnvironment(root: string): Promise<NodeJS.ProcessEnv> {
  return { ...parseEnv(await readOrEmpty(join(root, '.env'))), ...process.env }
}

/**
 * Finds the dev server of a project: the configuration's base URL, else `PORT` in `.env`, else port 3000; and the script
 * of package.json that starts it. Throws `HR_TARGET` when the URL is not an http(s) URL.
 */
export async function findTarget(root: string, config: ProjectConfig): Promise<Target> {
  const portInEnv = Number(parseEnv(await readOrEmpty(join(root, '.env')))['PORT'])
  const fromEnv = Number.isInteger(portInEnv) && portInEnv > 0
  const baseUrl = config.baseUrl ?? `http://localhost:${fromEnv ? portInEnv : defaultPort}`
  const source = config.baseUrl !== undefined ? 'configuration' : fromEnv ? 'PORT in .env' : 'default port'
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol)) {
    throw new Failure('HR_TARGET', `"${baseUrl}" is not an http URL. Give one such as http://localhost:3000.`)
  }
  const url = new URL(baseUrl)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  return {
    baseUrl: url.origin,
    host,
    port,
    source,
    listening: isLoopbackName(host) && (await isListening(host, port)),
    startCommand: config.startCommand ?? (await guessStartCommand(root)),
  }
}

/** Names and addresses that can only be this machine; anything else is left to the engine's own check, unprobed. */
function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** Ways out where an address is not the app's: the ports that the project does serve, or any other address. */
export function otherAddresses(ports: readonly number[]): FailureAction[] {
  const known = ports.map((port) => {
    const address = `http://localhost:${port}`
    return {
      id: 'use-address',
      title: `Use ${port}`,
      argument: address,
      commandLine: `--base-url ${address}`,
    }
  })
  const hint = ports.length === 0 ? { commandLine: '--base-url http://localhost:3001' } : {}
  return [...known, { id: 'change-port', title: 'Change Port', ...hint }]
}

/** A further sentence for a failure: the ports that the project does serve. */
export function alsoListening(ports: readonly number[]): string {
  return ports.length === 0 ? '' : ` Also listening: ${ports.join(', ')}.`
}

function nothingListens(target: Target, ports: readonly number[]): Failure {
  const address = `${target.host}:${target.port}`
  const start = target.startCommand
  return new Failure(
    'HR_NO_SERVER',
    start === null
      ? `Nothing is listening on ${address}. Start your server, or set "baseUrl" to where it listens.${alsoListening(ports)}`
      : `Nothing is listening on ${address}. Start it with \`${start}\`.${alsoListening(ports)}`,
    {
      exitCode: 3,
      actions: [
        ...(start === null ? [] : [{ id: 'start', title: 'Start', argument: start, commandLine: '--start' }]),
        ...otherAddresses(ports),
      ],
    },
  )
}

export interface BringUpOptions {
  /** Whether starting the dev server is agreed to. */
  readonly start: boolean
  readonly signal: AbortSignal
  readonly onActivity: (activity: string) => void
}

/**
 * Makes sure that something listens: returns null when it does already (or when only the engine may decide, for names
 * that are not plainly local), else starts the project's server. Throws `HR_NO_SERVER` when starting isn't agreed to or
 * no start command is known.
 */
export async function bringUp(
  root: string,
  target: Target,
  options: BringUpOptions,
): Promise<DevServer | null> {
  const { host, port, startCommand } = target
  if (target.listening || !isLoopbackName(host)) return null
  if (!options.start || startCommand === null) {
    throw nothingListens(target, await projectPorts(root))
  }
  options.onActivity(`Nothing listens on ${host}:${port}; starting ${startCommand}`)
  return startDevServer({
    command: startCommand,
    directory: root,
    environment: { PORT: String(port) },
    host,
    port,
    signal: options.signal,
  })
}
