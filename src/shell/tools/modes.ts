const whoBits: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007 }
const shifts: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 }

/**
 * What a mode of chmod makes of another one: `640`, `u+x`, `g=u,o-rwx`; undefined: it is none. `umask` is spared where nobody is named.
 * Source: POSIX chmod; busybox libbb/parse_mode.c; gnulib modechange.c.
 */
export function changedMode(text: string, before: number, isDirectory = false, umask = 0): number | undefined {
  if (/^[0-7]+$/.test(text)) {
    const mode = Number.parseInt(text, 8)
    return mode > 0o7777 ? undefined : mode
  }
  let mode = before
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)$/.exec(clause)
    if (match === null) return undefined
    const [, who = '', actions = ''] = match
    for (const [, operator = '', rights = ''] of actions.matchAll(/([-+=])([ugo]|[rwxXst]*)/g))
      mode = applied(mode, who, operator, rights, isDirectory, umask)
  }
  return mode
}

function applied(before: number, said: string, operator: string, rights: string, isDirectory: boolean, umask: number) {
  const who = said === '' || said.includes('a') ? 'ugo' : said
  const mask = [...who].reduce((all, each) => all | (whoBits[each] ?? 0), 0)
  const asked = bitsOf(before, rights, isDirectory)
  const bits = asked & mask & ~(said === '' ? umask : 0)
  if (operator === '+') return before | bits
  if (operator === '-') return before & ~bits
  // Directories keep the bits that are not named.
  const cleared = mask & (isDirectory ? 0o777 : 0o7777)
  return (before & ~cleared) | bits
}

/** The rights for everybody. */
function bitsOf(before: number, rights: string, isDirectory: boolean): number {
  const from = shifts[rights]
  if (from !== undefined) return ((before >> from) & 7) * 0o111
  const executes = rights.includes('x') || (rights.includes('X') && (isDirectory || (before & 0o111) !== 0))
  const three = (rights.includes('r') ? 4 : 0) | (rights.includes('w') ? 2 : 0) | (executes ? 1 : 0)
  return (three * 0o111) | (rights.includes('s') ? 0o6000 : 0) | (rights.includes('t') ? 0o1000 : 0)
}
