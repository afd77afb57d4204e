/** What the panel's page is made of; URIs as the webview sees them. */
export interface PanelPage {
  /** Fresh for every page, unguessable. */
  readonly nonce: string
  /** The webview's own source, `webview.cspSource`. */
  readonly cspSource: string
  readonly scriptUri: string
  readonly styleUri: string
  /** The editor's display language, `vscode.env.language`. */
  readonly language: string
  /** The page's texts in that language, `vscode.l10n.bundle`; undefined where they stay English. */
  readonly texts?: Readonly<Record<string, unknown>>
}

/** The hash of nothing: the toolkit probes the browser with an empty style element, and only that is let through. */
const emptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"

function attribute(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** Data, which no policy needs to let through; nothing in it can end the element. */
function textsElement(texts: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(texts).replaceAll('<', '\\u003c')
  return `<script type="application/json" id="headroom-texts">${json}</script>\n`
}

/** The panel's page: one script, one style sheet, and a policy under which nothing else loads and nothing connects anywhere. */
export function panelHtml({ nonce, cspSource, scriptUri, styleUri, language, texts }: PanelPage): string {
  const policy = [
    "default-src 'none'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}' ${emptyStyle}`,
  ].join('; ')
  return `<!doctype html>
<html lang="${attribute(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Headroom</title>
<link rel="stylesheet" nonce="${attribute(nonce)}" href="${attribute(styleUri)}">
</head>
<body>
<main id="headroom"></main>
${texts === undefined ? '' : textsElement(texts)}<script nonce="${attribute(nonce)}" src="${attribute(scriptUri)}"></script>
</body>
</html>
`
}
