/** Programs by name, as they would be found along PATH. */
import { awk } from './awk.ts'
import type { ShellCommand } from './command.ts'
import { base64Command, checksum } from './encode.ts'
import { etcdctl } from './etcdctl.ts'
import { cat, copyOrMove, ls, mkdir, rm, rmdir, stat, tee, touch } from './files.ts'
import { basename, date, dirname, env, nestedShell, refused, seq, sleep, timeout, xargs } from './misc.ts'
import { sed } from './sed.ts'
import { cut, ends, grep, rev, sort, tr, uniq, wc } from './text.ts'

/** By name; kubectl is the host's. */
export const programs: ReadonlyMap<string, ShellCommand> = new Map<string, ShellCommand>([
  ['awk', awk],
  ['base64', base64Command],
  ['basename', basename],
  ['bash', nestedShell],
  ['cat', cat],
  ['chmod', () => 0],
  ['cp', copyOrMove],
  ['cut', cut],
  ['date', date],
  ['dirname', dirname],
  ['egrep', grep],
  ['env', env],
  ['etcdctl', etcdctl],
  ['fgrep', grep],
  ['grep', grep],
  ['head', ends],
  ['ls', ls],
  ['md5sum', checksum],
  ['mkdir', mkdir],
  ['mv', copyOrMove],
  ['printenv', env],
  ['rev', rev],
  ['rm', rm],
  ['rmdir', rmdir],
  ['sed', sed],
  ['seq', seq],
  ['sh', nestedShell],
  ['sha256sum', checksum],
  ['sleep', sleep],
  ['sort', sort],
  ['stat', stat],
  ['tail', ends],
  ['tee', tee],
  ['timeout', timeout],
  ['touch', touch],
  ['tr', tr],
  ['uniq', uniq],
  ['wc', wc],
  ['xargs', xargs],
  ...[
    'openssl',
    'ssh-keygen',
    'jq',
    'yq',
    'curl',
    'wget',
    'docker',
    'python3',
    'vi',
    'vim',
    'nano',
    'ssh',
    'diff',
    'find',
  ].map((name): [string, ShellCommand] => [name, refused]),
])
