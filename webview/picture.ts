import * as l10n from '@vscode/l10n'
import type { PanelSnapshot } from '../src/model/panel.ts'
import type { Post } from './section.ts'

const margin = 16

/** A chart as it is on the page. */
interface Shown {
  readonly title: string
  readonly canvas: HTMLCanvasElement
}

function shownCharts(page: HTMLElement): Shown[] {
  const figures = [...page.querySelectorAll<HTMLElement>('.chart-hero, .chart-beneath')]
  return figures.flatMap((figure) => {
    const canvas = figure.querySelector('canvas')
    const title = figure.querySelector('h2')?.textContent ?? ''
    return figure.hidden || canvas === null ? [] : [{ title, canvas }]
  })
}

/** A text in lines that are no wider than `width`. */
function lines(pen: CanvasRenderingContext2D, text: string, width: number): string[] {
  const made: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${made.at(-1) ?? ''} ${word}`.trim()
    if (made.length > 0 && pen.measureText(longer).width <= width) made[made.length - 1] = longer
    else made.push(word)
  }
  return made
}

/** The route, the verdict and the charts over each other, in the colours of the page. */
function draw(page: HTMLElement, { route, verdict }: PanelSnapshot): HTMLCanvasElement {
  const charts = shownCharts(page)
  const scale = devicePixelRatio
  const style = getComputedStyle(document.body)
  const picture = document.createElement('canvas')
  const width = Math.max(320, ...charts.map(({ canvas }) => canvas.width / scale)) + 2 * margin
  const pen = picture.getContext('2d')
  if (pen === null) return picture
  const fonts = { small: `12px ${style.fontFamily}`, large: `600 18px ${style.fontFamily}` }
  pen.font = fonts.large
  const said = lines(pen, verdict?.sentence ?? '', width - 2 * margin)
  const heights = charts.map(({ canvas }) => canvas.height / scale + 28)
  picture.width = width * scale
  picture.height =
    (2 * margin + 24 + said.length * 24 + heights.reduce((sum, height) => sum + height, 0)) * scale
  pen.scale(scale, scale)
  pen.fillStyle = style.backgroundColor
  pen.fillRect(0, 0, width, picture.height)
  pen.fillStyle = style.color
  pen.textBaseline = 'top'
  let y = margin
  const write = (text: string, font: string, height: number): void => {
    pen.font = font
    pen.fillText(text, margin, y)
    y += height
  }
  write(route, fonts.small, 24)
  for (const line of said) write(line, fonts.large, 24)
  for (const { title, canvas } of charts) {
    y += 8
    write(title, fonts.small, 20)
    pen.drawImage(canvas, margin, y, canvas.width / scale, canvas.height / scale)
    y += canvas.height / scale
  }
  return picture
}

function base64(bytes: Uint8Array): string {
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte))
  return btoa(characters.join(''))
}

/** `get-users-userid-activities`: a name for a file. */
function fileName(route: string): string {
  return (
    route
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'headroom'
  )
}

/**
 * Puts a picture of the result on the clipboard; where the page may not, the extension is asked to save it as a file.
 * Resolves to what to tell the reader.
 */
export async function copyPicture(page: HTMLElement, state: PanelSnapshot, post: Post): Promise<string> {
  const picture = draw(page, state)
  const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve, 'image/png'))
  if (blob === null) return l10n.t('The picture could not be made.')
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])
    return l10n.t('Copied as an image.')
  } catch {
    const png = base64(new Uint8Array(await blob.arrayBuffer()))
    post?.({ kind: 'save-image', name: fileName(state.route), png })
    return l10n.t('The clipboard takes no images here: save it as a file.')
  }
}
