import { cp, mkdir, readdir, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'

/** What running the sample leaves behind, and what it needs only where it is developed. */
const leftOut = ['node_modules', 'data', '.headroom', 'test']

/**
 * Copies the sample API into a folder, which is made where it isn't there, and gives that folder. The copy runs without
 * a network: the packages that it needs come with it. Throws `HR_SAMPLE_FOLDER` for a folder that isn't empty, and
 * `HR_ASSETS` where the sample is missing from the installation.
 */
export async function copySample(to: string): Promise<string> {
  const target = resolve(to)
  const { sample, packages } = installed()
  for (const folder of [sample, packages]) {
    if (await isFolder(folder)) continue
    throw new Failure(
      'HR_ASSETS',
      l10n.t('The sample is missing from the installation. Build it with: npm run build'),
    )
  }
  await claimEmpty(target)
  await cp(sample, target, {
    recursive: true,
    filter: (source) => !leftOut.includes(relative(sample, source)),
  })
  await cp(packages, join(target, 'node_modules'), { recursive: true })
  return target
}

/** The sample, and the packages that the build made for it: next to the sources, or in the packaged extension. */
function installed(): { readonly sample: string; readonly packages: string } {
  const root = new URL(import.meta.url.endsWith('.ts') ? '../../' : '../', import.meta.url)
  const place = (path: string): string => fileURLToPath(new URL(path, root))
  return { sample: place('samples/activity-api'), packages: place('dist/sample-packages') }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function refused(message: string): Failure {
  return new Failure('HR_SAMPLE_FOLDER', message)
}

async function claimEmpty(folder: string): Promise<void> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw refused(
      error.code === 'ENOTDIR'
        ? l10n.t('{0} is a file. Choose an empty folder for the sample.', folder)
        : l10n.t("{0} can't be read. Choose an empty folder for the sample.", folder),
    )
  })
  if (there.length > 0) {
    throw refused(l10n.t('{0} is not empty. Choose an empty folder for the sample.', folder))
  }
  await mkdir(folder, { recursive: true }).catch(() => {
    throw refused(l10n.t("{0} can't be made. Choose an empty folder for the sample.", folder))
  })
}
