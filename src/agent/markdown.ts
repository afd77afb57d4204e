/** A text that others wrote, in a fenced block that it can't end by itself. */
export function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`
}

/** A text whole, with each character that isn't seen, or that turns others around, as its code: `\\u{202e}`. */
export function visible(text: string): string {
  return text.replaceAll(
    /[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}

/** A name that others wrote, as code in a line of Markdown. */
export function code(name: string): string {
  return `\`${name.replaceAll('`', "'")}\``
}
