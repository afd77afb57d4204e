import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ferretdbProgram, findServerPrograms } from '../../test/servers/programs.ts'
import { capture } from '../lifetime.ts'
import { inRepository } from '../repository.ts'
import { adminCommand, installDebianPackages } from './system-packages.ts'

const clusterDefaults = '/etc/postgresql-common/createcluster.conf'

/**
 * Installs the database servers that tests start, where they are missing: their programs alone, so that neither a
 * service nor a database of the system's is made or started. Throws a `SetupError` where it can't.
 */
export async function ensureDatabaseServers(signal: AbortSignal): Promise<void> {
  // MariaDB's service and data are in mariadb-server, which depends on this one.
  if (findServerPrograms('mariadb') === null) await installDebianPackages(['mariadb-server-core'], signal)
  if (findServerPrograms('postgres') === null) await installPostgres(signal)
  if (findServerPrograms('mongodb') === null) await buildFerretdb(signal)
}

/** A minute on two cores; a proxy that doesn't answer must not hold all other tests up. */
const buildMillis = 5 * 60_000

/** Debian has no MongoDB. Without Go, or without its modules, the tests that need such a server say why they are skipped. */
async function buildFerretdb(signal: AbortSignal): Promise<void> {
  console.error("headroom: building FerretDB, which speaks MongoDB's protocol, with go build …")
  await mkdir(dirname(ferretdbProgram), { recursive: true })
  const args = ['build', '-trimpath', '-o', ferretdbProgram, '.']
  const patience = AbortSignal.any([signal, AbortSignal.timeout(buildMillis)])
  const options = { cwd: inRepository('test', 'servers', 'ferretdb'), signal: patience }
  const { code } = await capture('go', args, options).catch(() => ({ code: 1 }))
  signal.throwIfAborted()
  if (code !== 0) console.error('headroom: FerretDB could not be built: go from 1.22 on is needed.')
}

/** Debian's package makes and starts a cluster named main, unless the configuration of its parent package says no. */
async function installPostgres(signal: AbortSignal): Promise<void> {
  if (!existsSync(clusterDefaults)) await installDebianPackages(['postgresql-common'], signal)
  const setDefault = (...change: string[]) =>
    adminCommand(['pg_conftool', clusterDefaults, ...change], signal)
  const shown = await setDefault('show', '--short', '--boolean', 'create_main_cluster')
  const before = shown.code === 0 ? shown.output.trim() : null
  await setDefault('set', 'create_main_cluster', 'off')
  try {
    await installDebianPackages(['postgresql'], signal)
  } finally {
    await (before === null
      ? setDefault('remove', 'create_main_cluster')
      : setDefault('set', 'create_main_cluster', before))
  }
}
