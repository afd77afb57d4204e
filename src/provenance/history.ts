/** What speaks for an assistant beside the edits themselves: records of tools, and git's history. */
export interface HistoryEvidence {
  readonly id: string
  readonly weight: number
  /** For the documentation: what is read. */
  readonly about: string
}

export const gitAiNote = {
  id: 'git-ai-note',
  weight: 1,
  about: 'A note of git-ai (`refs/notes/ai`) on the commit that the line is from names an agent for it.',
} as const satisfies HistoryEvidence

export const agentTrace = {
  id: 'agent-trace',
  weight: 1,
  about: 'A record of Agent Trace (`.agent-trace/`) names an agent for the line.',
} as const satisfies HistoryEvidence

export const commitTrailer = {
  id: 'commit-trailer',
  weight: 0.6,
  about: 'The commit that the line is from has an assistant as its author, or a trailer that names one.',
} as const satisfies HistoryEvidence

export const historyEvidence = [gitAiNote, agentTrace, commitTrailer] as const
