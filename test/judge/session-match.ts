import { freeBlocks } from './row-order.ts'

/** Compares what a command printed with a recorded text, masked as README-real-cluster.md says ("kubectl sessions"). */

/** Rows whose order a real cluster does not settle: they hang on random names, and on Go's maps. */
const unorderedCommands = /get (events|rs|pods?|deploy,rs,pods|all)/
/** Sections of which the same is true: events of one second, keys of a Secret, rules of a role, Pods of a node. */
const unorderedSections = /^(Events:|Data\n|PolicyRule:|Non-terminated Pods:)/

export function sessionTextDiffers(command: string, recorded: string, printed: string): boolean {
  const [expected, actual] = [normalized(recorded), normalized(printed)]
  if (expected === actual) return false
  const isFree = !/node-[12]/.test(command)
  const loosely: Test = (wanted, found) => regexOf(wanted, true, isFree).test(found)
  const matches: Test = (wanted, found) =>
    regexOf(wanted, false, isFree).test(found) || (wanted.includes('#') && loosely(wanted, found))
  if (matches(expected, actual)) return false
  const sameLines: Test = (wanted, found) => linesAgree(wanted, found, loosely)
  if (unorderedCommands.test(command)) return !blocksAgree(command, expected, actual, loosely)
  return !(/describe /.test(command) && sectionsAgree(expected, actual, matches, sameLines))
}

type Test = (expected: string, actual: string) => boolean

/** Rows stand in their order, but where that hangs on what is masked. */
function blocksAgree(command: string, expected: string, actual: string, matches: Test): boolean {
  const found = actual.split('\n')
  if (found.length !== expected.split('\n').length) return false
  return freeBlocks(expected, /get events/.test(command)).every((block) =>
    linesAgree(block.join('\n'), found.splice(0, block.length).join('\n'), matches),
  )
}

/** Sections stand in their order, and lines in theirs but where the order of a section is open. */
function sectionsAgree(expected: string, actual: string, matches: Test, sameLines: Test): boolean {
  const [wanted, found] = [sectionsOf(expected), sectionsOf(actual)]
  return (
    wanted.length === found.length &&
    wanted.every((section, at) => {
      const other = found[at] ?? ''
      return matches(section, other) || (unorderedSections.test(section) && sameLines(section, other))
    })
  )
}

/** A section begins at the left margin. The underline of a Secret's `Data` belongs to it, and so do its keys. */
function sectionsOf(text: string): readonly string[] {
  const sections: string[] = []
  for (const line of text.split('\n')) {
    const last = sections.at(-1)
    const isData = last !== undefined && /^Data$/m.test(last) && line !== ''
    if (last === undefined || (/^\S/.test(line) && !isData)) sections.push(line)
    else sections[sections.length - 1] = `${last}\n${line}`
  }
  return sections
}

/** What no mask of the recording covers: the log's time and process, the blanks of Go's cmp.Diff, the directory. */
function normalized(text: string): string {
  return withOwnersSorted(text)
    .replace(/\u00a0/g, ' ')
    .replace(/^([EWI])\d{4} [\d:.]+ +\d+ /gm, '$1 ')
    .replaceAll('/work/w', 'w')
    .replaceAll('<tmp>/w', 'w')
}

/** `isFree`: the scheduler may have chosen either node. Rows that begin with a node are its own. */
function regexOf(text: string, collapse: boolean, isFree: boolean): RegExp {
  return new RegExp(`^${pattern(text, collapse, isFree)}$`, 's')
}

function pattern(text: string, collapse: boolean, isFree: boolean): string {
  const escaped = text
    .replace(/SecretOptionalName: +0xc#+/g, '\u0001')
    // Lines of comments begin with a sign that stands for itself.
    .replace(/^#(?= |$)/gm, '\u0002')
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\u0001/g, 'SecretOptionalName: +\\S+')
    .replace(/<tmp>\//g, '\\S*/')
    .replace(/<(token|ca\\.crt|host|server)>/g, '\\S+')
    .replace(/(?<!^)node-[12]/gm, isFree ? 'node-[12]' : '$&')
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
function linesAgree(expected: string, actual: string, matches: Test): boolean {
  const left = actual.split('\n')
  const wanted = expected.split('\n')
  if (left.length !== wanted.length) return false
  for (const line of wanted) {
    const at = left.findIndex((other) => matches(line, other))
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
