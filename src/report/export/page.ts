import { encodeBase64, utf8Bytes } from '../../bytes/bytes.ts'
import { sha256Hex } from '../../bytes/hashes.ts'
import type { Span } from '../../check/map-history.ts'
import { mapStyle } from '../check/map-drawing.ts'
import { wordsOf } from '../check/map-words.ts'
import type { Album, AlbumWorld } from './album.ts'
import { pageScriptText } from './generated/page-script.ts'
import { markGlyphs, signsTold } from './lane-drawing.ts'
import { escaped } from './markup.ts'
import { laneStyle, pageStyle } from './style.ts'
import { clock, delayText, nextText, placeText, watchText } from './words.ts'

/**
 * An album as one HTML file: it works from a disk, asks no network for anything, and runs no script but its own, which its
 * policy names by digest. Without script the tables still say what happened.
 */
export function albumPage(album: Album, live?: LiveParts): string {
  const style = pageStyle + laneStyle + mapStyle
  const policy = [
    "default-src 'none'",
    `script-src ${[pageScriptText, ...(live === undefined ? [] : [live.core])].map((text) => `'${digest(text)}'`).join(' ')}`,
    `style-src '${digest(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const title = escaped(album.title)
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy).replaceAll('&#39;', "'")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="podsim ${escaped(album.podsim)}">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="dim">${escaped(album.description)}</p>
${lessonLine('watch', watchText(album))}<p class="dim">${escaped(`${album.about} · ${album.file} · seed ${album.seed} · ${album.worlds.map(({ digest: of }) => `digest ${of}`).join(', ')}${album.isRevealed ? ' · with values' : ''}`)}</p>
</header>
<div class="top">${controls}
${talk}</div>
${live === undefined ? '' : tryPane}
<main><div id="worlds"></div>
${lessonLine('next', nextText(album))}<div id="panes"></div><div id="maps" class="beside"></div></main>
${keysDialog}
<details class="tables" id="tables" open><summary>The same as tables</summary>
${album.worlds.map(worldTables).join('\n')}
</details>
<noscript><p>The lanes are drawn by a script, which is off here; the tables say the same.</p></noscript>
<script type="application/json" id="data">${embedded(album)}</script>
${live === undefined ? '' : liveData(live)}<script>${pageScriptText}</script>
</body>
</html>
`
}

function lessonLine(id: string, text: string): string {
  return text === '' ? '' : `<p id="${id}" class="lesson">${escaped(text)}</p>\n`
}

/** podsim itself, and what it needs to run the scenario once more inside of the page. */
export interface LiveParts {
  /** The script that `page/core.ts` is built into. */
  readonly core: string
  /** The same, by gzip and in base64: the page unpacks it when it is needed. */
  readonly packed: string
  /** For `page/core.ts`: plain data. It has the scenario's text, with all values of Secrets that stand in it. */
  readonly scenario: object
}

function liveData({ packed, scenario }: LiveParts): string {
  return `<script type="application/json" id="scenario">${embedded(scenario)}</script>
<script type="text/plain" id="core">${packed}</script>
`
}

/** Hidden until the page's script is at work. */
const tryPane = `<section class="pane" id="try" aria-label="try it" hidden>
<form id="try-form"><label for="line">at this moment</label> <input type="text" id="line" autocomplete="off" autocapitalize="off" spellcheck="false" placeholder="kubectl get pods" aria-label="kubectl or shell, at this moment"> <button type="submit">run</button>
<select id="accident" aria-label="make an accident"><option>make an accident</option></select>
<select id="setting" aria-label="the same run with another setting"><option>the same run with ...</option></select>
<button type="button" id="save" title="what was done so far as a scenario that podsim run takes">save as scenario</button></form>
<p id="branches" hidden><label>branch <select id="world"></select></label> <label>beside it <select id="beside"></select></label> <label>follow <select id="secret"></select></label></p>
<p><span id="told" role="status"></span> <button type="button" id="stop" hidden>stop</button></p>
<pre id="printed" aria-live="polite"></pre>
</section>`

const controls = `<nav class="controls" aria-label="time">
<button type="button" data-command="first" title="to the beginning (Home)">|◀</button>
<button type="button" data-command="before" title="moment before ([)">[</button>
<button type="button" data-command="back" title="event before (left)">◀</button>
<button type="button" data-command="play" id="play" title="play or pause (space)">play</button>
<button type="button" data-command="next" title="next event (right)">▶</button>
<button type="button" data-command="after" title="next moment (])">]</button>
<button type="button" data-command="last" title="to the end (End)">▶|</button>
<output id="now" class="clock"></output>
<input id="slider" type="range" min="0" max="2000" value="0" aria-label="moment">
<button type="button" data-command="veil" id="veil" aria-pressed="false" title="hide or show what comes (v)">hide what comes</button>
<button type="button" data-command="help" title="keys (?)">?</button>
</nav>`

/** What is told and asked at the moment: by the script. */
const talk =
  '<section id="talk" aria-label="now" aria-live="polite"><p id="sentence"></p><div id="happened"></div><div id="asked"></div></section>'

const keysDialog = `<dialog id="help"><h2>Keys</h2><table id="keys"></table>
<p><span class="part cache"></span> waits for the cache <span class="part sync"></span> for the Pod's sync <span class="part mount"></span> for the files</p>
<h2>Signs</h2><table>${signsTold
  .map(
    ([kinds, meaning]) =>
      `<tr><th scope="row">${kinds.map((kind) => markGlyphs[kind]).join(' ')}</th><td>${meaning}</td></tr>`,
  )
  .join('')}</table>
<p>A solid bar follows updates; a dashed one is fixed. A letter is a revision. The address tells the moment: share it.</p>
<button type="button" data-command="close">close</button></dialog>`

/** JSON that can't end the element it stands in, nor begin another. */
function embedded(data: object): string {
  return JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A source of a Content-Security-Policy. */
function digest(text: string): string {
  const bytes = sha256Hex(utf8Bytes(text)).match(/../g) ?? []
  return `sha256-${encodeBase64(Uint8Array.from(bytes, (hex) => Number.parseInt(hex, 16)))}`
}

function worldTables({ name, flow, map }: AlbumWorld): string {
  const titles = new Map(flow.lanes.map(({ id, title }) => [id, title] as const))
  const moments = flow.moments.map(
    ({ at, lane, letter, text }) =>
      `<tr><td>${clock(at)}</td><td>${escaped(titles.get(lane) ?? '')}</td><td>${escaped(letter ?? '')}</td><td>${escaped(text)}</td></tr>`,
  )
  const delays = flow.delays.map(
    (row) =>
      `<tr><td>${escaped(row.letter)}</td><td>${clock(row.updatedAt)}</td><td>${escaped(placeText(row))}</td><td>${escaped(row.node)}</td><td>${escaped(delayText(row))}</td><td>${escaped(row.never?.cure ?? '')}</td></tr>`,
  )
  const of = name === '' ? '' : ` (${escaped(name)})`
  const uses = map.flatMap(({ secret, states, users }) => {
    const times = (spans: readonly Span[]) =>
      spans.map(({ from, to }) => `${clock(from)} to ${to === undefined ? 'the end' : clock(to)}`).join('; ')
    const given = states.map(
      ({ isGiven, keys, ...span }) =>
        [secret, isGiven ? keys.join(', ') : 'it is not there', '', '', '', '', times([span])] as const,
    )
    const used = users.map(
      ({ user: use, spans }) =>
        [secret, '', use.user, wordsOf(use), use.account ?? '', use.nodes.join(', '), times(spans)] as const,
    )
    return [...given, ...used].map((cells) => `<tr>${cells.map((text) => `<td>${escaped(text)}</td>`).join('')}</tr>`)
  })
  return `<table><caption>Moments${of}</caption><thead><tr><th scope="col">time</th><th scope="col">lane</th><th scope="col">revision</th><th scope="col">what</th></tr></thead><tbody>${moments.join('')}</tbody></table>
<table><caption>Delays${of}</caption><thead><tr><th scope="col">revision</th><th scope="col">written</th><th scope="col">place</th><th scope="col">node</th><th scope="col">delay</th><th scope="col">cure</th></tr></thead><tbody>${delays.join('')}</tbody></table>
<table><caption>Secrets and who uses them${of}</caption><thead><tr><th scope="col">Secret</th><th scope="col">keys</th><th scope="col">who</th><th scope="col">how</th><th scope="col">account</th><th scope="col">node</th><th scope="col">when</th></tr></thead><tbody>${uses.join('')}</tbody></table>`
}
