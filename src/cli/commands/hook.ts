import { Command } from 'commander'
import { answerHook } from '../hook-input.ts'

/** `headroom hook`: called by an agent after each of its edits, with the event on stdin. */
export function hookCommand(): Command {
  return new Command('hook')
    .description("For coding agents' hooks: say what the handlers they just wrote would break on")
    .allowUnknownOption()
    .allowExcessArguments()
    .action(answerHook)
}
