/** What identifies an assistant in a commit: an address, or a sentence of its own. Never a person's name. */
interface Assistant {
  readonly source: string
  readonly emails: RegExp
  readonly sentence: RegExp | null
}

const assistants: readonly Assistant[] = [
  {
    source: 'Claude Code commit',
    emails: /^noreply@anthropic\.com$/,
    sentence: /^\W*Generated with \[?Claude Code\b/m,
  },
  { source: 'Cursor commit', emails: /^cursoragent@cursor\.com$/, sentence: null },
  { source: 'aider commit', emails: /^(?:noreply|aider)@aider\.chat$/, sentence: null },
  {
    source: 'Copilot commit',
    emails: /^copilot@github\.com$|^(?:\d+\+)?copilot@users\.noreply\.github\.com$/,
    sentence: null,
  },
  {
    source: 'Codex commit',
    emails: /^(?:codex|noreply)@openai\.com$/,
    sentence: null,
  },
  {
    source: 'Devin commit',
    emails: /^(?:\d+\+)?devin-ai-integration\[bot\]@users\.noreply\.github\.com$/,
    sentence: null,
  },
  {
    source: 'Jules commit',
    emails: /^(?:\d+\+)?google-labs-jules\[bot\]@users\.noreply\.github\.com$/,
    sentence: null,
  },
]

const longestMessage = 50_000

/**
 * The assistant that a commit names as its author or in a trailer (`Co-authored-by: …`), as a source in words; null where it
 * names none.
 */
export function commitSource(commit: {
  readonly authorEmail: string
  readonly message: string
}): string | null {
  const message = commit.message.slice(0, longestMessage)
  const emails = [commit.authorEmail, ...coAuthors(message)].map((email) => email.trim().toLowerCase())
  const found = assistants.find(
    (assistant) =>
      emails.some((email) => assistant.emails.test(email)) || (assistant.sentence?.test(message) ?? false),
  )
  return found?.source ?? null
}

function coAuthors(message: string): string[] {
  return [...message.matchAll(/^(?:co-authored-by|assisted-by):[^<\n]*<([^>\n]{1,200})>/gim)].map(
    ([, email]) => email ?? '',
  )
}
