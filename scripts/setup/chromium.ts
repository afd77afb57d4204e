import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { SetupError } from '../lifetime.ts'
import { installDebianPackages } from './system-packages.ts'

/** Flags for a Chromium without display, sandbox rights, or the wish to talk to anybody but the page under test. */
export const chromiumFlags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

function programFolders(): readonly string[] {
  const { PROGRAMFILES, LOCALAPPDATA } = process.env
  const x86 = process.env['PROGRAMFILES(X86)']
  return [PROGRAMFILES, x86, LOCALAPPDATA].filter((folder) => folder !== undefined)
}

function installedCandidates(): readonly string[] {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    )
  }
  if (process.platform === 'win32') {
    return programFolders().flatMap((folder) => [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ])
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
  return names.map((name) => `/usr/bin/${name}`)
}

/** Playwright's own browser builds, newest first, where somebody has downloaded them. */
function playwrightCandidates(): readonly string[] {
  const caches: Partial<Record<NodeJS.Platform, string>> = {
    darwin: join(homedir(), 'Library', 'Caches', 'ms-playwright'),
    win32: join(process.env['LOCALAPPDATA'] ?? homedir(), 'ms-playwright'),
  }
  const cache =
    process.env['PLAYWRIGHT_BROWSERS_PATH'] ??
    caches[process.platform] ??
    join(homedir(), '.cache', 'ms-playwright')
  if (!existsSync(cache)) return []
  const builds = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name))
  builds.sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
  const inside = [
    'chrome-linux64/chrome',
    'chrome-linux/chrome',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    'chrome-win64/chrome.exe',
    'chrome-win/chrome.exe',
  ]
  return builds.flatMap((build) => inside.map((path) => join(cache, build, path)))
}

/** The path of a Chromium (or Chrome, or Edge) on this machine, or null. `HEADROOM_CHROMIUM` overrides the search. */
export function findChromium(): string | null {
  const chosen = process.env['HEADROOM_CHROMIUM']
  const candidates = chosen ? [chosen] : [...installedCandidates(), ...playwrightCandidates()]
  return candidates.find((path) => existsSync(path)) ?? null
}

/**
 * The path of a Chromium; on Debian it is installed where it is missing. Throws {@link SetupError} where there is none
 * and none can be installed.
 */
export async function ensureChromium(signal: AbortSignal): Promise<string> {
  const found = findChromium()
  if (found !== null) return found
  if (process.env['HEADROOM_CHROMIUM']) {
    throw new SetupError('HEADROOM_CHROMIUM names a file that does not exist; correct it or unset it.')
  }
  if (process.platform !== 'linux') {
    throw new SetupError(
      'No Chrome, Chromium or Edge found: install one of them, or name it in HEADROOM_CHROMIUM.',
    )
  }
  await installDebianPackages(['chromium'], signal)
  const installed = findChromium()
  if (installed === null)
    throw new SetupError('apt-get installed no /usr/bin/chromium; install a Chromium by hand.')
  return installed
}
