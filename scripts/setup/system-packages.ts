import { existsSync } from 'node:fs'
import { capture, run, SetupError } from '../lifetime.ts'

async function adminPrefix(): Promise<readonly string[] | null> {
  if (process.getuid?.() === 0) return []
  const { code } = await capture('sudo', ['-n', 'true']).catch(() => ({ code: 1 }))
  return code === 0 ? ['sudo', '-n'] : null
}

/** Runs a command as root, directly or with a sudo that asks no password. */
export async function adminCommand(
  command: readonly string[],
  signal: AbortSignal,
): Promise<{ code: number; output: string }> {
  const [program = 'true', ...args] = [...((await adminPrefix()) ?? []), ...command]
  return capture(program, args, { signal })
}

/**
 * Installs Debian packages with apt-get, as root or with a sudo that asks no password. Throws {@link SetupError} with
 * the command to run by hand where that isn't possible.
 */
export async function installDebianPackages(names: readonly string[], signal: AbortSignal): Promise<void> {
  const byHand = `apt-get install ${names.join(' ')}`
  const prefix = existsSync('/usr/bin/apt-get') ? await adminPrefix() : null
  if (prefix === null) {
    throw new SetupError(
      `This machine lacks ${names.join(', ')}: install it (on Debian: sudo ${byHand}) and run this again.`,
    )
  }
  console.error(`headroom: installing ${names.join(', ')} with apt-get …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', '--no-remove', ...names],
  ]) {
    const [command = 'apt-get', ...rest] = [...prefix, 'apt-get', ...args]
    const code = await run(command, rest, { env, signal, stdio: ['ignore', 'ignore', 'inherit'] })
    signal.throwIfAborted()
    if (code !== 0)
      throw new SetupError(`apt-get ${args[0]} failed; run it by hand (sudo ${byHand}) and start this again.`)
  }
}
