import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rules } from '../src/analysis/rules/index.ts'
import type { Rule } from '../src/analysis/rules/rule.ts'

const root = join(import.meta.dirname, '..')
const folder = 'docs/rules'

/** The pages of `docs/rules`, one a rule and a list of all, by their paths relative to the repository. */
export function ruleDocs(): Map<string, string> {
  const pages = rules.map((rule): [string, string] => [`${folder}/${rule.id}.md`, page(rule)])
  return new Map([...pages, [`${folder}/README.md`, list()]])
}

function list(): string {
  const all: readonly Rule[] = rules
  const found = all.filter(({ scaffold }) => !scaffold)
  const added = all.filter(({ scaffold }) => scaffold)
  return (
    [
      '# Rules',
      'What Headroom finds. A finding is a suspicion (information) until a load test confirms it (warning).',
      table(found),
      '## Scaffolds',
      'What Headroom can add where it is no defect that it is missing: refactorings, never findings.',
      table(added),
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  )
}

function table(listed: readonly Rule[]): string {
  const rows = listed
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, title }) => `| [\`${id}\`](${id}.md) | ${title} |`)
  return ['| Rule | |', '| --- | --- |', ...rows].join('\n')
}

function page({ id, title, severity, scaffold, docs, examples }: Rule): string {
  const parts = [
    `# ${title}`,
    scaffold
      ? `\`${id}\` · a refactoring, never a finding`
      : `\`${id}\` · severity \`${severity}\` until a measurement confirms it, then \`warning\``,
    docs.what,
    '## Why it matters',
    docs.why,
    '## When it is fine',
    docs.fineWhen.map((reason) => `- ${reason}`).join('\n'),
    '## The fix',
    docs.fixSafety,
    ...examples.flatMap((example) => [
      `## Example: ${example.title}`,
      'Before:',
      codeBlock(example.before),
      'After:',
      codeBlock(example.after),
    ]),
  ]
  return `${parts.join('\n\n')}\n`
}

function codeBlock(code: string): string {
  return `\`\`\`ts\n${code.trimEnd()}\n\`\`\``
}

/** The pages that are missing, out of date, or no longer anybody's. */
function stalePages(): string[] {
  const docs = ruleDocs()
  const present = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)
  const orphans = present.filter((path) => !docs.has(path))
  const changed = [...docs]
    .filter(([path, text]) => !present.includes(path) || read(path) !== text)
    .map(([path]) => path)
  return [...orphans, ...changed]
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n')
}

if (import.meta.main) {
  mkdirSync(join(root, folder), { recursive: true })
  const stale = stalePages()
  if (process.argv.includes('--check')) {
    for (const path of stale) console.error(`${path} is out of date; run node scripts/generate-rule-docs.ts`)
    process.exitCode = stale.length > 0 ? 1 : 0
  } else {
    const docs = ruleDocs()
    for (const path of stale) if (!docs.has(path)) rmSync(join(root, path))
    for (const [path, text] of docs) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
  }
}
