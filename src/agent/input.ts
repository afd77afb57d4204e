import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { Failure } from '../model/failure.ts'
import { oneLine } from './one-line.ts'
import type { AgentTool } from './tool.ts'

/** A text field that holds no more than `length` characters, with what the model should know of it. */
export const text = (description: string, length = 300) =>
  v.pipe(v.string(), v.minLength(1), v.maxLength(length), v.description(description))

/**
 * What a model sent, as the tool takes it. Throws `HR_INPUT` with the field, what is wrong with it and what to send
 * instead; never repeats more than one short line of what was sent.
 */
export function parseInput(tool: AgentTool, raw: unknown): unknown {
  const fields = fieldsOf(tool)
  if (typeof (raw ?? {}) !== 'object' || Array.isArray(raw)) {
    throw new Failure('HR_INPUT', l10n.t('{0} takes one JSON object with: {1}.', tool.name, fields))
  }
  const result = v.safeParse(tool.input, raw ?? {}, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const field = oneLine(v.getDotPath(issue) ?? '', 60)
  if (issue.expected === 'never') {
    throw new Failure('HR_INPUT', l10n.t('{0} has no field "{1}". It takes: {2}.', tool.name, field, fields))
  }
  if (issue.received === 'undefined') {
    throw new Failure('HR_INPUT', l10n.t('The field "{0}" is missing. {1}', field, describe(tool, field)))
  }
  throw new Failure(
    'HR_INPUT',
    l10n.t(
      'The field "{0}" must be {1}, and is {2}. {3}',
      field,
      wanted(issue),
      oneLine(issue.received, 40),
      describe(tool, field),
    ),
  )
}

/** What the validator asks for, in words. */
function wanted({ type, expected, requirement }: v.BaseIssue<unknown>): string {
  const bound = String(requirement)
  if (type === 'max_length') return l10n.t('{0} characters at most', bound)
  if (type === 'min_length') return l10n.t('{0} characters at least', bound)
  if (type === 'max_value') return l10n.t('{0} at most', bound)
  if (type === 'min_value') return l10n.t('{0} at least', bound)
  if (type === 'integer') return l10n.t('a whole number')
  return oneLine(expected ?? bound)
}

function fieldsOf(tool: AgentTool): string {
  const names = Object.keys(entriesOf(tool))
  return names.length === 0 ? l10n.t('no fields') : names.join(', ')
}

function describe(tool: AgentTool, field: string): string {
  const entry = entriesOf(tool)[field.split('.')[0] ?? '']
  if (entry === undefined) return ''
  const inner = 'wrapped' in entry && isSchema(entry.wrapped) ? entry.wrapped : entry
  return v.getDescription(entry) ?? v.getDescription(inner) ?? ''
}

/** The fields of a tool's schema; every tool takes an object. */
function entriesOf({ input }: AgentTool): Readonly<Record<string, v.GenericSchema>> {
  return 'entries' in input && isEntries(input.entries) ? input.entries : {}
}

function isEntries(value: unknown): value is Readonly<Record<string, v.GenericSchema>> {
  return typeof value === 'object' && value !== null
}

function isSchema(value: unknown): value is v.GenericSchema {
  return isEntries(value) && 'kind' in value
}
