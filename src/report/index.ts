import { csv } from './csv.ts'
import type { Format } from './format.ts'
import { hlog } from './hlog.ts'
import { html } from './html.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import { text } from './text.ts'

export const formats = [text, html, markdown, junit, csv, hlog] as const satisfies readonly Format[]
export type FormatId = (typeof formats)[number]['id']
