import { stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import { configFileName } from './config.ts'

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/**
 * The project a file belongs to: the nearest folder above with a `headroom.config.json` or a `package.json`.
 * `relativeFile` has forward slashes. Throws `HR_FILE` when the file doesn't exist.
 */
export async function findProject(file: string): Promise<{ root: string; relativeFile: string }> {
  if (!(await exists(file))) throw new Failure('HR_FILE', l10n.t('There is no file {0}.', file))
  let root = dirname(file)
  while (!(await exists(join(root, configFileName))) && !(await exists(join(root, 'package.json')))) {
    const parent = dirname(root)
    if (parent === root) {
      root = dirname(file)
      break
    }
    root = parent
  }
  return { root, relativeFile: relative(root, file).split(sep).join('/') }
}
