import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface WebviewBuild {
  /** Absolute, or relative to the working directory: where `panel.js`, `panel.css`, `report.js` and `report.css` go. */
  readonly outDir: string
  readonly minify: boolean
}

/** What the panel may load before its first paint. */
const mostScriptBytes = 400_000

const webview = fileURLToPath(new URL('../webview', import.meta.url))

/** Bundles the panel and the self-contained report, each to one script and one style sheet; resolves to the bytes of each file. Rejects where a minified script is too large. */
export async function buildWebview({ outDir, minify }: WebviewBuild): Promise<Record<string, number>> {
  const { metafile } = await build({
    entryPoints: [
      { in: `${webview}/main.ts`, out: 'panel' },
      { in: `${webview}/panel.css`, out: 'panel' },
      { in: `${webview}/report.ts`, out: 'report' },
      { in: `${webview}/report.css`, out: 'report' },
    ],
    outdir: outDir,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome132', 'firefox128', 'safari17.4'],
    minify,
    metafile: true,
    legalComments: 'eof',
    charset: 'utf8',
    logLevel: 'warning',
  })
  const sizes = Object.entries(metafile.outputs).map(([file, { bytes }]) => [file, bytes] as const)
  for (const [file, bytes] of sizes) {
    if (minify && file.endsWith('.js') && bytes > mostScriptBytes)
      throw new Error(`${file} has ${bytes} bytes; a page's script may have ${mostScriptBytes}.`)
  }
  return Object.fromEntries(sizes)
}
