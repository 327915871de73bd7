/** Compares what a command printed with a recorded text, masked as README-real-cluster.md says ("kubectl sessions"). */

/** Rows whose order a real cluster does not settle. */
const unorderedCommands =
  /get (events|rs|pods?|deploy,rs,pods|all)|describe (secrets?|rs|role|pods?|deployment|ds|sts|job|node)/

export function sessionTextDiffers(command: string, recorded: string, printed: string): boolean {
  const [expected, actual] = [normalized(recorded), normalized(printed)]
  if (expected === actual) return false
  if (regexOf(expected, false).test(actual)) return false
  if (expected.includes('#') && regexOf(expected, true).test(actual)) return false
  return !(unorderedCommands.test(command) && sameLines(expected, actual))
}

/** What no mask of the recording covers: the log's time and process, the blanks of Go's cmp.Diff, the directory. */
function normalized(text: string): string {
  return withOwnersSorted(text)
    .replace(/\u00a0/g, ' ')
    .replace(/^([EWI])\d{4} [\d:.]+ +\d+ /gm, '$1 ')
    .replaceAll('/work/w', 'w')
}

function regexOf(text: string, collapse: boolean): RegExp {
  return new RegExp(`^${pattern(text, collapse)}$`, 's')
}

function pattern(text: string, collapse: boolean): string {
  const escaped = text
    .replace(/SecretOptionalName: +0xc#+/g, '\u0001')
    // Lines of comments begin with a sign that stands for itself.
    .replace(/^#(?= |$)/gm, '\u0002')
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\u0001/g, 'SecretOptionalName: +\\S+')
    .replace(/<tmp>\//g, '\\S*/')
    .replace(/<(token|ca\\.crt|host|server)>/g, '\\S+')
    .replace(/node-[12]/g, 'node-[12]')
    // Ages: `#s`, `##m`, `#m##s`.
    .replace(/#+[smhd](#+[smhd])?(?![\w#-])/g, (age) =>
      collapse ? '(?:\\d+[smhdy](?:\\d+[smhd])?)' : age.replace(/#/g, '\\d'),
    )
    .replace(/#+/g, (run) => (collapse ? '[\\w.#]+' : '[\\w#]'.repeat(run.length)))
  const whole = escaped.replace(/\u0002/g, '#')
  return collapse
    ? whole.replace(/(\S|^) +/gm, (match, before: string) => (before === '' ? match : `${before} +`))
    : whole
}

/** Every line has its partner, in whatever order. */
function sameLines(expected: string, actual: string): boolean {
  const left = actual.split('\n')
  const wanted = expected.split('\n').map((line) => regexOf(line, true))
  if (left.length !== wanted.length) return false
  for (const regex of wanted) {
    const at = left.findIndex((line) => regex.test(line))
    if (at < 0) return false
    left.splice(at, 1)
  }
  return true
}

/** Owners stand in the order of their seconds; in which second a recorded command ran, nothing tells. */
function withOwnersSorted(text: string): string {
  return text.replace(/^( *)managedFields:\n((?:\1(?:- | {2}).*\n)+)/gm, (_, indent: string, block: string) => {
    const entries = block.split(new RegExp(`^(?=${indent}- )`, 'm'))
    const untimed = (entry: string): string => entry.replace(/^ *time: .*\n/m, '')
    entries.sort((a, b) => (untimed(a) < untimed(b) ? -1 : 1))
    return `${indent}managedFields:\n${entries.join('')}`
  })
}
