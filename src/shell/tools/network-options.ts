/** Options of busybox's nc, as for getopt. Source: busybox 1.31 networking/nc_bloaty.c. */
export const ncOptions = 'np:s:uvw:lki:o:ze'

/** Options of busybox's wget. Source: busybox 1.31 networking/wget.c. */
export const wgetOptions = 'cqSO:o:P:Y:U:T:t:n::H:D:xy'

/** Its long names, by letter. */
export const wgetLongNames = {
  continue: 'c',
  quiet: 'q',
  'server-response': 'S',
  'output-document': 'O',
  'output-file': 'o',
  'directory-prefix': 'P',
  proxy: 'Y',
  'user-agent': 'U',
  timeout: 'T',
  tries: 't',
  header: 'H',
  'post-data': 'D',
  spider: 'x',
  'no-check-certificate': 'y',
  'passive-ftp': 'y',
  'no-cache': 'y',
  'no-verbose': 'y',
  'no-clobber': 'y',
  'no-host-directories': 'y',
  'no-parent': 'y',
}

/** Whether busybox's own tool takes all options of a command line: an image of which nothing is known may have another. */
export function takesOptions(name: string, args: readonly string[]): boolean {
  if (name === 'wget') return args.every((arg) => isTaken(arg, wgetOptions, wgetLongNames))
  return (name !== 'nc' && name !== 'netcat') || args.every((arg) => isTaken(arg, ncOptions, {}))
}

function isTaken(arg: string, shorts: string, longs: Readonly<Record<string, string>>): boolean {
  if (arg.startsWith('--'))
    return arg === '--' || Object.keys(longs).some((name) => `${name}=`.startsWith(arg.slice(2).replace(/=.*/, '')))
  if (!arg.startsWith('-') || arg === '-') return true
  for (const letter of arg.slice(1)) {
    if (letter === ':' || !shorts.includes(letter)) return false
    // What follows is its value.
    if (shorts.charAt(shorts.indexOf(letter) + 1) === ':') return true
  }
  return true
}
