import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { ts } from 'ts-morph'

/** Entities tell their columns' types by the metadata of decorators, which only the TypeScript compiler writes. */
const decorators: Plugin = {
  name: 'decorators',
  setup(bundler) {
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      if (!/^\s*@[A-Z]\w*\(/m.test(text)) return null
      const { outputText } = ts.transpileModule(text, {
        fileName: path,
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
          useDefineForClassFields: false,
          experimentalDecorators: true,
          emitDecoratorMetadata: true,
        },
      })
      return { contents: outputText, loader: 'js' }
    })
  },
}

/** Makes one module of an application, packages left out, and gives its file. */
export async function bundle(folder: string): Promise<string> {
  const outfile = join(folder, 'bundle.mjs')
  await build({
    entryPoints: [join(folder, 'app.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'silent',
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    plugins: [decorators],
  })
  return outfile
}
