import { hostname } from 'node:os'
import * as l10n from '@vscode/l10n'
import type { Failure } from '../../../model/failure.ts'
import { isLoopbackHost, notLocal } from '../location.ts'
import { guardClients } from './clients.ts'
import { systemLookup } from './host.ts'
import { ageSeconds, processesCalled } from './local-process.ts'
import { guardLocality } from './locality.ts'
import { refusal } from './refusal.ts'
import { type End, bareAddress, ownAddresses } from './session.ts'
import type { GuardedTarget } from './target.ts'

/** Runs one command on the `admin` database of the connection that is guarded. Rejects where the server refuses it. */
export type Command = (
  command: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>

const serversOwn: ReadonlySet<string> = new Set(['admin', 'local', 'config'])
const managedHosts =
  /mongodb(?:-dev|-qa|gov)?\.net(?::|$)|cosmos\.azure|docdb|amazonaws\.com|mlab\.com|documents\.azure|scalegrid|aliyuncs/i
const ageTolerance = 5

/**
 * The guards on a MongoDB URL before anything is resolved. Throws `HR_DATABASE_NOT_LOCAL` for one whose servers are looked
 * up elsewhere.
 */
export function guardMongodbUrl(url: string): void {
  if (/^mongodb\+srv:/i.test(url)) {
    const host = /^[^/]*\/\/(?:[^/?#]*@)?([^/?#:]*)/.exec(url)?.[1] ?? 'mongodb+srv'
    throw notLocal(host)
  }
}

/** Throws `HR_DATABASE_URL` for a database that the server keeps for itself. */
export function refuseServersOwn(database: string): void {
  if (!serversOwn.has(database.toLowerCase())) return
  throw refusal(
    'HR_DATABASE_URL',
    l10n.t("The database `{0}` is MongoDB's own, where no application keeps its documents.", database),
    l10n.t("Name the application's database behind the last slash."),
  )
}

/**
 * The guards on an open connection to MongoDB, before anything else is asked of it: the server runs on this machine
 * ({@link guardLocality}), nobody manages it, it takes writes, is no router, all members of its replica set are on this
 * machine, and nobody is connected from another one (an account that may not see sessions sees none). `endWithPort` gives
 * this process' own end of the connection with that port. Reads only. Throws a `Failure`: `HR_DATABASE_TUNNEL`,
 * `HR_DATABASE_MANAGED`, `HR_DATABASE_REPLICATED` or `HR_DATABASE_SHARED`.
 */
export async function guardMongodb(
  command: Command,
  target: GuardedTarget,
  endWithPort: (port: number) => End | null,
): Promise<void> {
  const seenEnd = endOf((await command({ whatsmyuri: 1 }))['you'])
  const status = await command({ serverStatus: 1 }).catch(() => null)
  await guardLocality(target, {
    ownEnd: seenEnd === null ? null : endWithPort(seenEnd.port),
    seenEnd,
    serverAddress: null,
    isOwnProcess: () => isOwnServer(Number(status?.['pid']), Number(status?.['uptime'])),
  })
  const hello = await command({ hello: 1 })
  guardProvider(
    hello,
    await command({ atlasVersion: 1 }).then(
      () => true,
      () => false,
    ),
  )
  guardWritable(hello)
  await guardMembers(hello)
  const containerEnd = seenEnd === null || isLoopbackHost(seenEnd.address) ? null : seenEnd.address
  guardClients(await clients(command), containerEnd)
}

function endOf(text: unknown): End | null {
  const [, address = '', port] = typeof text === 'string' ? (/^(.*):(\d+)$/.exec(text) ?? []) : []
  if (port === undefined || address === '') return null
  return { address: bareAddress(address.replace(/^\[|\]$/g, '')), port: Number(port) }
}

/** A container's server has another process id inside: its age tells which one it is. */
async function isOwnServer(pid: number, uptimeSeconds: number): Promise<boolean> {
  const servers = (await processesCalled(new Set(['mongod']))).filter(({ innerPid }) => innerPid === pid)
  const ages = await Promise.all(servers.map((server) => ageSeconds(server.pid)))
  return ages.some((age) => age !== null && Math.abs(age - uptimeSeconds) <= ageTolerance)
}

function guardProvider(hello: Readonly<Record<string, unknown>>, isAtlas: boolean): void {
  const sign = isAtlas ? 'atlasVersion' : memberHosts(hello).find((host) => managedHosts.test(host))
  if (sign === undefined) return
  throw refusal(
    'HR_DATABASE_MANAGED',
    l10n.t('A cloud provider manages this server: `{0}` says so.', sign),
    l10n.t('Seed a MongoDB of your own on this machine.'),
  )
}

function guardWritable(hello: Readonly<Record<string, unknown>>): void {
  if (hello['msg'] === 'isdbgrid')
    throw replicated(
      l10n.t('This server is a router of a sharded cluster, whose other servers may be anywhere.'),
    )
  if (hello['isWritablePrimary'] !== true || hello['readOnly'] === true)
    throw replicated(l10n.t('This server takes no writes, as replicas do.'))
}

/** The server itself is proven to be here, whatever it is called; the others are where their names lead. */
async function guardMembers(hello: Readonly<Record<string, unknown>>): Promise<void> {
  for (const member of memberHosts(hello).filter((host) => host !== hello['me'])) {
    const host = member.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
    if (isLoopbackHost(host) || host === hostname()) continue
    const addresses = await systemLookup(host).catch(() => [])
    const own = ownAddresses()
    if (addresses.length > 0 && addresses.every((address) => isLoopbackHost(address) || own.has(address)))
      continue
    throw replicated(l10n.t("This server's replica set has a member on another machine ({0}).", host))
  }
}

function memberHosts(hello: Readonly<Record<string, unknown>>): readonly string[] {
  return ['me', 'primary', 'hosts', 'passives', 'arbiters'].flatMap((name) => {
    const value = hello[name]
    const all: readonly unknown[] = Array.isArray(value) ? value : [value]
    return all.filter((host) => typeof host === 'string')
  })
}

async function clients(command: Command): Promise<readonly string[]> {
  const answer = await command({ currentOp: 1, $all: true }).catch(() => null)
  const sessions: unknown = answer?.['inprog']
  if (!Array.isArray(sessions)) return []
  return sessions.flatMap((session: unknown) => {
    const client: unknown =
      typeof session === 'object' && session !== null ? Reflect.get(session, 'client') : null
    return endOf(client)?.address ?? []
  })
}

function replicated(problem: string): Failure {
  return refusal(
    'HR_DATABASE_REPLICATED',
    problem,
    l10n.t('Seed a server that stands alone, or with all its members here.'),
  )
}
