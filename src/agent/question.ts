import type { Confirmation } from './tool.ts'

const listing = /^(?:(\S.*)\n\n)?(`{3,})(\w*)\n([^]*?)\n\2$/gm

/**
 * A question as a client shows it in a dialog. Claude Code shows three lines of it, cut where the terminal ends, and no more:
 * what is asked; what it is about; and the command, tables or files that a yes is for. Longer listings come last, for clients
 * that show them.
 */
export function questionText({ title, message }: Confirmation): string {
  const listings: string[] = []
  const details: string[] = []
  const words = message.replaceAll(listing, (whole, intro = '', fence: string, language, inside: string) => {
    if (!/[`\n]/.test(inside)) {
      details.push(`${intro} \`${inside}\``.trim())
      return ''
    }
    if (language === 'diff') details.push(changedFiles(inside))
    listings.push(whole.slice(whole.indexOf(fence)))
    return intro
  })
  const about: string[] = []
  for (const paragraph of words.split(/\n{2,}/)) {
    if (paragraph.startsWith('- ')) details.push(paragraph.slice(2).replaceAll('\n- ', ', '))
    else if (paragraph !== '') about.push(paragraph)
  }
  return [title, about.join(' '), details.join(' '), ...listings].filter((each) => each !== '').join('\n')
}

/** `src/a.ts (+3 −1), src/b.ts (+2 −0)`, of a unified diff. */
function changedFiles(diff: string): string {
  const files: { name: string; added: number; removed: number }[] = []
  for (const line of diff.split('\n')) {
    const [, name] = /^\+\+\+ b\/(.+)$/.exec(line) ?? []
    const file = files.at(-1)
    if (name !== undefined) files.push({ name, added: 0, removed: 0 })
    else if (file !== undefined && line.startsWith('+')) file.added += 1
    else if (file !== undefined && /^-(?!-- a\/)/.test(line)) file.removed += 1
  }
  return files.map(({ name, added, removed }) => `${name} (+${added} −${removed})`).join(', ')
}
