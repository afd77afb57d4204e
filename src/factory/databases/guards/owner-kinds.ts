import * as l10n from '@vscode/l10n'
import { notProvenLocal } from './refusal.ts'
import type { Owner } from './port-owner.ts'

/** What a process that listens on a database's port may be; `stranger` stands for all that passes on to who knows where. */
export type OwnerKind = 'server' | 'container-proxy' | 'hidden' | 'stranger'

const servers: ReadonlySet<string> = new Set([
  'postgres',
  'postmaster',
  'mysqld',
  'mariadbd',
  'mysqld-debug',
  'mongod',
])

/** Programs that carry a container's published ports to the host, or to the virtual machine that containers run in. */
const containerProxies: readonly RegExp[] = [
  /^docker(?:-proxy|d)$/,
  /^docker-desktop/,
  /^com\.docker\./,
  /^Docker(?: Desktop)?$/,
  /^vpnkit/,
  /^rootless(?:port|kit)/,
  /^slirp4netns$/,
  /^pas(?:ta|st)(?:\.avx2)?$/,
  /^containerd/,
  /^nerdctl$/,
  /^podman/,
  /^conmon$/,
  /^gvproxy/,
  /^netavark$/,
  /^OrbStack/,
  /^limactl$/,
  /^lima-/,
  /^colima$/,
]

/** The tunnel into a virtual machine of Lima or Colima is an ssh whose socket lies in that machine's folder. */
const machineSocket = /\/\.?(?:lima|colima)\/[^\s]*ssh\.sock/

/** What kind of process this is. */
export function ownerKind({ program, commandLine }: Owner): OwnerKind {
  if (program === null) return 'hidden'
  if (servers.has(program)) return 'server'
  if (containerProxies.some((pattern) => pattern.test(program))) return 'container-proxy'
  return program === 'ssh' && machineSocket.test(commandLine.join(' ')) ? 'container-proxy' : 'stranger'
}

/** Throws `HR_DATABASE_TUNNEL` where a process listens that is neither a database server nor a proxy of a container. */
export function refuseForeignOwners(owners: readonly Owner[], port: number): void {
  const stranger = owners.find((owner) => ownerKind(owner) === 'stranger')
  if (stranger === undefined) return
  throw notProvenLocal(
    l10n.t(
      'Port {0} belongs to `{1}` (process {2}), which is no database server and may lead to another machine.',
      port,
      stranger.program ?? '',
      stranger.pid,
    ),
  )
}

/** The address of the container that a proxy of Docker's says it leads to; null where it says none. */
export function containerAddress({ commandLine }: Owner): string | null {
  const at = commandLine.indexOf('-container-ip')
  return at === -1 ? null : (commandLine[at + 1] ?? null)
}

/** Whether this proxy leads into a virtual machine, whose processes are not in this machine's list. */
export function runsInVirtualMachine({ program }: Owner): boolean {
  return /^(?:com\.docker\.|Docker|docker-desktop|vpnkit|gvproxy|OrbStack|limactl|lima-|colima|ssh$)/.test(
    program ?? '',
  )
}
