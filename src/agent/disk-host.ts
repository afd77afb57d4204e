import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { CheckReport, Finding, Fix } from '../model/finding.ts'
import type { RunEvent } from '../model/panel.ts'
import type { Run } from '../model/run.ts'
import { callApart } from '../workflows/apart.ts'
import type { CallName, OrderOf, ProgressOf, ResultOf } from '../workflows/calls.ts'
import { readConfig, type ProjectConfig } from '../workflows/config.ts'
import { parseEndpoint } from '../workflows/endpoint.ts'
import type { FixedFile } from '../workflows/fix.ts'
import { openInspection } from '../workflows/inspect.ts'
import { editWhole } from '../workflows/whole-file.ts'
import { asRequest } from './chosen-route.ts'
import type { AgentHost, AgentLoadTest } from './host.ts'

/** A project on disk. Its inspection is kept, so that a check after an edit reads only what changed. */
export class DiskHost implements AgentHost {
  readonly root: string
  readonly #inspection: ReturnType<typeof openInspection>

  constructor(root: string) {
    this.root = root
    this.#inspection = openInspection(root)
  }

  check(): Promise<CheckReport> {
    return this.#inspection.check({})
  }

  fix(finding: Finding, fixId: string): Promise<Fix> {
    return this.#inspection.fix({ finding, fix: fixId })
  }

  read(file: string): Promise<string> {
    return readFile(join(this.root, file), 'utf8')
  }

  /** Each file whole; where one can't be written, those before it are put back. */
  async write(files: readonly FixedFile[]): Promise<void> {
    const written: FixedFile[] = []
    try {
      for (const file of files) {
        await this.#replace(file)
        written.push(file)
      }
    } catch (error) {
      for (const { file, before, after } of written.toReversed()) {
        await this.#replace({ file, before: after, after: before })
      }
      throw error
    }
  }

  config(): Promise<ProjectConfig> {
    return readConfig(this.root)
  }

  async loadTest(
    { route, profile, users, budget }: AgentLoadTest,
    onEvent: (event: RunEvent) => void,
    signal: AbortSignal,
  ): Promise<Run> {
    const [config, report] = await Promise.all([this.config(), this.check()])
    const order = {
      root: this.root,
      config: users === null ? config : { ...config, users: [...users] },
      endpoint: parseEndpoint(asRequest(route)).endpoint,
      routes: report.routes,
      findings: report.findings,
      reads: report.reads ?? {},
      profile,
      start: true,
      writes: config.agentsMayWrite === true,
      ...(budget === null ? {} : { budget }),
    }
    return callApart('testEndpoint', order, onEvent, signal)
  }

  call<Name extends CallName>(
    name: Name,
    order: OrderOf<Name>,
    onProgress: (progress: ProgressOf<Name>) => void,
    signal: AbortSignal,
  ): Promise<ResultOf<Name>> {
    return callApart(name, order, onProgress, signal)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inspection.dispose()
  }

  /** Throws `HR_CHANGED` where the file no longer holds what it held. */
  async #replace({ file, before, after }: FixedFile): Promise<void> {
    let isSame = true
    await editWhole(join(this.root, file), (text) => {
      isSame = text === before
      return isSame ? after : null
    })
    if (isSame) return
    throw new Failure('HR_CHANGED', l10n.t('{0} changed meanwhile. Nothing was written.', file))
  }
}

/** The host of a folder, as an absolute path. Throws `HR_NO_FOLDER` where there is none. */
export async function openDiskHost(root: string): Promise<DiskHost> {
  const found = await stat(root).catch(() => null)
  if (found?.isDirectory() === true) return new DiskHost(root)
  throw new Failure('HR_NO_FOLDER', l10n.t('There is no folder {0}.', root))
}
