import * as vscode from 'vscode'
import type { ProjectConfig } from '../workflows/config.ts'
import type { SettingName, SettingValues } from './settings.ts'

/** The value of one setting where `scope` lies. */
export function readSetting<N extends SettingName>(name: N, scope: vscode.Uri): SettingValues[N] {
  const value = vscode.workspace.getConfiguration('headroom', scope).get<SettingValues[N]>(name)
  if (value === undefined) throw new Error(`The setting headroom.${name} is not contributed.`)
  return value
}

/** What the editor's settings say in place of the project's own configuration; empty settings say nothing. */
export function configOverrides(scope: vscode.Uri): Partial<ProjectConfig> {
  const baseUrl = readSetting('baseUrl', scope)
  const startCommand = readSetting('startCommand', scope)
  const database = readSetting('database', scope)
  const users = readSetting('users', scope)
  const stepSeconds = readSetting('stepSeconds', scope)
  const budget = readSetting('budget', scope)
  return {
    ...(baseUrl === '' ? {} : { baseUrl }),
    ...(startCommand === '' ? {} : { startCommand }),
    ...(database === '' ? {} : { database }),
    ...(users.length === 0 ? {} : { users: [...users] }),
    ...(stepSeconds === null ? {} : { stepSeconds }),
    ...(budget === '' ? {} : { budget }),
  }
}
