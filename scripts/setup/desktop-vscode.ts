import { existsSync, readdirSync } from 'node:fs'
import { downloadAndUnzipVSCode } from '@vscode/test-electron'
import { inRepository } from '../repository.ts'

/** How a desktop VS Code is started: `args` come before its own arguments. */
export interface DesktopVscode {
  readonly command: string
  readonly args: readonly string[]
}

const downloads = inRepository('.vscode-test')

async function isReachable(signal: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(5_000)])
  try {
    const answer = await fetch('https://update.code.visualstudio.com/api/releases/stable', { signal: limit })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    signal.throwIfAborted()
    return false
  }
}

const xvfb = '/usr/bin/xvfb-run'

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
}

/**
 * A desktop VS Code, downloaded into .vscode-test/ or already there; null where it can't be downloaded, where there is
 * no display to show it on, or where `HEADROOM_EDITOR=server` asks for the other one.
 */
export async function findDesktopVscode(signal: AbortSignal): Promise<DesktopVscode | null> {
  if (process.env['HEADROOM_EDITOR'] === 'server') return null
  if (!hasDisplay() && !existsSync(xvfb)) return null
  const cached = existsSync(downloads) && readdirSync(downloads).some((name) => name.startsWith('vscode-'))
  if (!cached && !(await isReachable(signal))) return null
  const executable = await downloadAndUnzipVSCode({ cachePath: downloads })
  return hasDisplay() ? { command: executable, args: [] } : { command: xvfb, args: ['-a', executable] }
}
