import process from 'node:process'
import { config } from '@vscode/l10n'

// Imported first by every file that is started or read apart from the editor's own bundle: their texts come in the
// editor's language, from the bundle that HEADROOM_L10N names. Without it, as on the command line, they are English.

const bundle = process.env['HEADROOM_L10N']
if (bundle) config({ fsPath: bundle })
