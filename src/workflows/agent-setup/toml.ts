import * as l10n from '@vscode/l10n'
import type { Edited, SetupEntry } from './entries.ts'

const begin = '# headroom:begin (headroom init-agents writes this block)'
const end = '# headroom:end'
const beginLine = /^# headroom:begin\b.*$/gm
const endLine = /^# headroom:end\b.*$/gm

/** A tool server in a TOML file: a block between markers, at the end. Only what is inside is ever touched. */
export function tomlServerEntry(file: string, command: string, args: readonly string[]): SetupEntry {
  const lines = [
    begin,
    '[mcp_servers.headroom]',
    `command = ${JSON.stringify(command)}`,
    `args = [${args.map((each) => JSON.stringify(each)).join(', ')}]`,
    // Its own limit is shorter than a seeding of many rows.
    'tool_timeout_sec = 1800',
    end,
  ]
  return {
    add(text) {
      const block = blockOf(text, file)
      if ('problem' in block) return block
      const eol = text.includes('\r\n') ? '\r\n' : '\n'
      const written = lines.join(eol)
      if (block.range !== null) {
        const { start, stop } = block.range
        return { text: text.slice(0, start) + written + text.slice(stop) }
      }
      if (/^\s*(?:\[\s*mcp_servers\s*\.\s*"?headroom"?\s*[.\]]|mcp_servers\s*=|mcp_servers\.)/m.test(text)) {
        return { problem: l10n.t('{0} has mcp_servers written by someone else; it is left alone.', file) }
      }
      if ([/"""/g, /'''/g].some((quotes) => (text.match(quotes) ?? []).length % 2 === 1)) {
        return {
          problem: l10n.t('{0} is not TOML: a text of several lines has no end; it is left alone.', file),
        }
      }
      // One line's end in any case: a blank line before the block says that the text had its own, for when it goes again.
      const gap = text === '' ? '' : eol
      return { text: `${text}${gap}${written}${eol}` }
    },
    remove(text) {
      const block = blockOf(text, file)
      if ('problem' in block) return block
      if (block.range === null) return { text }
      const before = text.slice(0, block.range.start)
      const after = text.slice(block.range.stop).replace(/^\r?\n/, '')
      const gap = after === '' ? /\r?\n$/ : /(?<=\n)\r?\n$/
      return { text: before.replace(gap, '') + after }
    },
  }
}

type Block = { readonly range: { readonly start: number; readonly stop: number } | null }

/** The block between the markers, which must be a pair. */
function blockOf(text: string, file: string): Block | Extract<Edited, { problem: string }> {
  const begins = [...text.matchAll(beginLine)]
  const ends = [...text.matchAll(endLine)]
  const [first] = begins
  const [last] = ends
  if (first === undefined && last === undefined) return { range: null }
  if (
    first === undefined ||
    last === undefined ||
    begins.length + ends.length > 2 ||
    last.index < first.index
  ) {
    return { problem: l10n.t('The headroom markers in {0} are not a pair; the file is left alone.', file) }
  }
  // A carriage return belongs to the line's end.
  const stop = last.index + last[0].replace(/\r$/, '').length
  return { range: { start: first.index, stop } }
}
