/**
 * Colours of lanes. Eight revisions, told apart by their letters too; light and dark, and on paper. Contrast of text on
 * segments is above 4.5 in both.
 */
const revisionColours = ['#1f5fbf', '#b4530a', '#11754a', '#7a3fb0', '#a3214f', '#0b6a7d', '#7a6108', '#4d5663']

/** Styles of drawn lanes; `currentColor` and the variables come from the page, defaults are for light paper. */
export const laneStyle = [
  'text{fill:var(--text,#1b1f24);font-size:12px}',
  '.head,.name{font-weight:600;font-size:14px}',
  '.row,.hit{fill:transparent}.row.node,.row.pod,.row.api,.row.people,.row.controllers{fill:var(--band,#f3f5f8)}',
  '.lane.node .label,.lane.pod .label{font-weight:600}',
  '.base{stroke:var(--faint,#c9ced6);stroke-dasharray:1 3}',
  '.tick line{stroke:var(--faint,#c9ced6);stroke-width:.5}.tick text{fill:var(--dim,#59626e);font-size:10.5px}',
  '.segment.plain rect{fill:var(--faint,#c9ced6);opacity:.55}.segment.down rect{fill:var(--bad,#b3261e);opacity:.35}',
  ...revisionColours.map((colour, i) => `.segment.r${i} rect{fill:${colour}}`),
  '.segment text{fill:#fff;font-weight:700;font-size:11px}',
  '.segment.absent rect{fill-opacity:.25;stroke-dasharray:3 2;stroke:var(--dim,#59626e)}',
  '.segment.fixed rect{fill-opacity:.62;stroke:var(--text,#1b1f24);stroke-dasharray:4 2}',
  '.segment.fixed text{fill:var(--onfixed,#fff)}',
  '.mark text{font-size:11px}.mark.same text,.mark.reuse text,.mark.idle text,.mark.sync text{fill:var(--dim,#59626e)}',
  '.mark.accident text,.mark.refused text,.mark.down text{fill:var(--bad,#b3261e);font-weight:700}',
  '.hop{fill:none;stroke:var(--dim,#59626e);stroke-width:1;opacity:.7}.hop.bind,.hop.start{stroke-dasharray:3 3}',
  '.note{fill:var(--dim,#59626e);font-size:11px}',
  '.wait-cache{fill:#d39b1d}.wait-sync{fill:#3d7edb}.wait-mount{fill:#c0392b}',
  '.veil{fill:var(--paper,#fff);}',
  '.cursor{stroke:var(--bad,#b3261e);stroke-width:1.5}',
].join('')

/** Styles of the page: light and dark as the reader has it, and on paper. */
export const pageStyle = [
  ':root{color-scheme:light dark;--text:#1b1f24;--dim:#59626e;--faint:#c9ced6;--band:#f3f5f8;--paper:#fff;--bad:#b3261e;--good:#11754a;--mark:#fff4c9;--accent:#1f5fbf}',
  '@media (prefers-color-scheme:dark){:root{--text:#e6e9ee;--dim:#9aa4b2;--faint:#3d4653;--band:#1b2129;--paper:#12161c;--bad:#ff8a80;--good:#5fd39a;--mark:#3a3413;--accent:#8ab4ff}}',
  'body{margin:0 auto;max-width:1500px;padding:0 16px 40px;background:var(--paper);color:var(--text);font:14px/1.45 system-ui,sans-serif}',
  'h1{font-size:20px;margin:14px 0 2px}h2{font-size:16px;margin:18px 0 4px}h3{font-size:13px;margin:0 0 4px}p{margin:2px 0}#next{margin:14px 0}.dim{color:var(--dim);font-weight:400}',
  '.top{position:sticky;top:0;z-index:2;max-height:60vh;overflow:auto;background:var(--paper);border-bottom:1px solid var(--faint)}',
  '.controls{display:flex;gap:6px;align-items:center;padding:8px 0}',
  '#talk{min-height:52px;padding-bottom:6px}#sentence{font-weight:600}#happened .entry{padding:0}#happened pre{max-height:80px;overflow:auto}#asked:not(:empty){border-left:3px solid var(--accent);background:var(--mark);padding:6px 10px;margin-top:4px}#asked .ask{flex-flow:row wrap;margin-top:4px;counter-reset:answer}#asked .answer::before{counter-increment:answer;content:counter(answer)" ";color:var(--dim)}#asked .told{flex-basis:100%}#asked p{font-weight:600}#asked .skip{margin-top:4px;color:var(--dim);border:0;background:none;padding:0;text-decoration:underline}#asked.done .skip{display:none}#asked .worlds{display:flex;flex-wrap:wrap;gap:6px 28px}#asked .of{display:flex;gap:8px;align-items:baseline}#asked p{margin:1px 0}#asked .why{font-weight:400}#asked.reminded{outline:2px solid var(--accent)}',
  'button,select{font:inherit;color:inherit;background:var(--band);border:1px solid var(--faint);border-radius:5px;padding:3px 9px;cursor:pointer}',
  '[aria-pressed=true]{background:var(--mark)}#play{min-width:86px}.clock{font:600 15px ui-monospace,monospace;min-width:96px}#slider{flex:1;accent-color:var(--accent)}',
  ':focus-visible{outline:2px solid var(--accent);outline-offset:1px}',
  '.lanes{overflow-x:auto}.lanes svg{display:block;cursor:crosshair}',
  '.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(310px,1fr));gap:14px;margin-top:10px}',
  '.pane{border:1px solid var(--faint);border-radius:7px;padding:9px 11px;max-height:330px;overflow:auto}',
  '.story{list-style:none;margin:0;padding:0;max-height:290px;overflow:auto;position:relative}',
  '.entry{padding:2px 4px;border-left:3px solid transparent}.entry.future{opacity:.42}.veiled .future{display:none}.entry.current{background:var(--mark);border-left-color:var(--accent)}',
  '.entry p{margin:4px 0;font-weight:600}.entry code{font:600 12.5px ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}',
  'pre{font:12px/1.4 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:3px 0}',
  '.time{border:0;background:none;padding:0 6px 0 0;color:var(--dim);font:12px ui-monospace,monospace}',
  '.ask{display:flex;flex-direction:column;gap:4px;align-items:flex-start}.answered [data-right]{border-color:var(--good);font-weight:600}.answer.chosen:not([data-right]){border-color:var(--bad)}.told{font-weight:400!important}',
  '.actor{color:var(--dim);margin-right:6px}.glyph{display:inline-block;min-width:14px}',
  '.entry.warning,.entry.fault{color:var(--bad)}.entry.good{color:var(--good)}.entry.visible{font-weight:600}',
  'table{border-collapse:collapse;margin:0 0 10px}caption{text-align:left;font-weight:600;padding-bottom:4px}th,td{text-align:left;vertical-align:top;padding:2px 10px 2px 0;font-weight:400}thead th{font-weight:600;border-bottom:1px solid var(--faint)}',
  '.where caption{white-space:nowrap}.where .letter{font-weight:700}.where .older td:last-child{color:var(--dim)}',
  '#maps{grid-template-columns:1fr}#maps .pane{max-height:none}.map{overflow-x:auto;font-size:12px}.map .box{cursor:pointer}.map .box:focus-visible{outline-offset:-1px}',
  '#try{margin-top:8px;max-height:none}#try form{display:flex;gap:6px;flex-wrap:wrap;align-items:center}#line{flex:1;min-width:220px;font:13px ui-monospace,monospace;color:inherit;background:var(--paper);border:1px solid var(--faint);border-radius:5px;padding:4px 8px}#try select{max-width:260px}#told.warning{color:var(--bad)}#printed:empty{display:none}#printed{max-height:240px;overflow:auto}[hidden]{display:none!important}',
  '.delays,.legend{list-style:none;margin:0;padding:0}.delays li{margin-bottom:7px}.legend li{margin:3px 0}',
  '.bar{display:flex;height:9px;margin-top:2px;border-radius:3px;overflow:hidden;background:var(--band)}.part{display:inline-block;height:9px}',
  'p .part{width:22px}.part.cache{background:#d39b1d}.part.sync{background:#3d7edb}.part.mount{background:#c0392b}',
  ...revisionColours.map((colour, i) => `.chip.r${i}{background:${colour}}`),
  '.chip{display:inline-block;min-width:18px;text-align:center;color:#fff;font-weight:700;border-radius:4px;padding:0 3px}',
  'dialog{border:1px solid var(--faint);border-radius:8px;background:var(--paper);color:var(--text);max-width:560px}kbd{font:600 12px ui-monospace,monospace;border:1px solid var(--faint);border-radius:4px;padding:1px 6px}',
  '.tables{margin-top:18px}.live .tables table{font-size:12.5px}summary{cursor:pointer;font-weight:600;margin-bottom:6px}',
  '@media print{.top,dialog,.time{display:none}.pane,.story{max-height:none;overflow:visible;break-inside:avoid}.entry.future{opacity:1}.veiled .future{display:list-item}.entry.current{background:none}body{max-width:none}}',
].join('')
