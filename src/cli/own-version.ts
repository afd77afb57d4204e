import { readFileSync } from 'node:fs'

/** The version of this Headroom, as its package.json says. */
export function ownVersion(): string {
  const place = import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json'
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL(place, import.meta.url), 'utf8'),
  )
  return manifest.version
}
