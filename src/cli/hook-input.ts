import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { runHook } from '../workflows/hook/hook.ts'

const maximumInputCharacters = 32_000_000
/** Since this process began: agents wait for their hooks. */
const answerByMillis = 2_000
/** The first time in a while, when the project must be read. */
const firstAnswerByMillis = 7_000
/** Where beginning took long already: enough to ask, and for a warm process to answer. */
const answerAtLeastMillis = 200
/** An agent that sends nothing is not waited for. */
const inputByMillis = 2_000
/** Since this process began. Whatever holds it then, the agent goes on. */
const overAtMillis = 8_500

/** The file of the command line, next to the code that runs. */
export const commandLineFile = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './cli.cjs', import.meta.url),
)

/**
 * Takes an agent's event from stdin, answers on stdout in the agent's own shape, or not at all, and ends the process.
 * Whatever goes wrong is one line on stderr: the exit code is always 0, because agents take others for a veto; only a process
 * that hangs ends by SIGTERM, which they don't.
 */
export async function answerHook(): Promise<never> {
  process.on('uncaughtException', ({ message }) => {
    complain(message)
    process.exit(0)
  })
  setTimeout(endHard, Math.max(0, overAtMillis - performance.now())).unref()
  const input = process.stdin.isTTY ? null : await readInput()
  if (input === null) {
    complain('an agent calls this with its event on stdin; set that up with: headroom init-agents')
  } else {
    const { stdout, problem } = await runHook(input, {
      directory: process.cwd(),
      environment: process.env,
      cliFile: commandLineFile,
      answerWithinMillis: Math.max(answerAtLeastMillis, answerByMillis - performance.now()),
      firstAnswerWithinMillis: Math.max(answerAtLeastMillis, firstAnswerByMillis - performance.now()),
    })
    if (problem !== null) complain(problem)
    if (stdout !== null) await print(`${stdout}\n`)
  }
  // A pipe on stdin that nobody closes would keep the agent waiting.
  process.exit(0)
}

/** Ends the process by a signal: an orderly exit would wait for a file that never answers. */
function endHard(): void {
  complain('something took too long; nothing was said')
  process.removeAllListeners('SIGTERM')
  process.kill(process.pid, 'SIGTERM')
}

/** What stands on stdin, or null where it is too long or doesn't come. */
async function readInput(): Promise<string | null> {
  let input = ''
  const timer = setTimeout(() => process.stdin.destroy(), inputByMillis)
  try {
    for await (const chunk of process.stdin.setEncoding('utf8')) {
      input += String(chunk)
      if (input.length > maximumInputCharacters) return null
    }
    return input
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}

function complain(problem: string): void {
  process.stderr.write(`headroom hook: ${problem.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')}\n`)
}

function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()))
}
