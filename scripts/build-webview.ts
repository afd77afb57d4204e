import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface WebviewBuild {
  /** Absolute, or relative to the working directory: where `panel.js`, `panel.css`, `report.js` and `report.css` go. */
  readonly outDir: string
  readonly minify: boolean
}

const webview = fileURLToPath(new URL('../webview', import.meta.url))

/** Bundles the panel and the self-contained report, each to one script and one style sheet; resolves to the bytes of each file. */
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
  return Object.fromEntries(Object.entries(metafile.outputs).map(([file, output]) => [file, output.bytes]))
}
