/** Every tool, by name. */
import { isRunnableFile, scriptAlongPath } from '../engine/builtins/known-names.ts'
import type { Shell } from '../engine/shell.ts'
import { awk } from './awk.ts'
import { chmod, chown, mkdir, mktemp, rm, rmdir, touch } from './change-files.ts'
import { expand, fold, unexpand } from './columns.ts'
import { cmp, comm } from './compare.ts'
import { cp, mv } from './copy.ts'
import { curl } from './curl.ts'
import { dd } from './dd.ts'
import { df } from './df.ts'
import { diff } from './diff.ts'
import { hexdump, od, xxd } from './dumps.ts'
import { echo } from './echo.ts'
import { base64, checksum, envsubst } from './encodings.ts'
import { expr } from './expr.ts'
import { cut, seq, tr, uniq, wc } from './filters.ts'
import { find } from './find.ts'
import { getent } from './getent.ts'
import { grep } from './grep.ts'
import { inotifyd } from './inotifyd.ts'
import { jq } from './jq.ts'
import { basename, dirname, pwd, readlink, realpath } from './links-and-names.ts'
import { link, ln, unlink } from './ln.ts'
import { ls } from './ls.ts'
import { nc } from './nc.ts'
import { nestedShell } from './nested-shell.ts'
import { nslookup } from './nslookup.ts'
import { openssl } from './openssl.ts'
import { shuf, split } from './pieces.ts'
import { printf } from './printf.ts'
import { nohup, sleep, timeout, usleep, xargs } from './run-others.ts'
import { sed } from './sed.ts'
import { du, truncate } from './sizes.ts'
import { sort } from './sort.ts'
import { stat } from './stat.ts'
import { cksum, sum } from './sums.ts'
import {
  arch,
  date,
  env,
  groups,
  hostname,
  id,
  kill,
  mount,
  printenv,
  ps,
  refused,
  tty,
  uname,
  whoami,
} from './system.ts'
import { tar } from './tar.ts'
import { test } from './test.ts'
import { notSimulated, type Tool } from './tool.ts'
import { wget } from './wget.ts'
import { cat, head, nl, paste, rev, tac, tail, tee, yes } from './whole-text.ts'

const which: Tool = ({ args, shell, voice, out }) => {
  let code = 0
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const base = name.slice(name.lastIndexOf('/') + 1)
    const tool = findTool(base, shell)
    const isProgram = shell.world.program(base) !== undefined || (tool !== undefined && tool !== refused)
    const directory = voice === 'gnu' ? '/usr/bin' : '/bin'
    const isByPath = name.includes('/')
    const isThere = isProgram && (!isByPath || /^\/(?:usr\/)?(?:local\/)?s?bin\/[^/]+$/.test(name))
    const script = isByPath ? (isRunnableFile(name, shell) ? name : undefined) : scriptAlongPath(name, shell)
    if (isThere) out(`${isByPath ? name : `${directory}/${name}`}\n`)
    else if (script !== undefined) out(`${script}\n`)
    else code = 1
  }
  return code
}

/** `busybox APPLET ARG...`. Source: busybox libbb/appletlib.c, busybox_main. */
const busybox: Tool = (context) => {
  const [name, ...args] = context.args
  if (name === undefined || name.startsWith('-')) return notSimulated(context, 'the list of applets')
  if (findTool(name, context.shell) !== undefined) return context.run([name, ...args])
  context.err(`${name}: applet not found\n`)
  return 127
}

const tools: Readonly<Record<string, Tool>> = {
  '[': test,
  arch,
  ash: nestedShell,
  awk,
  base64,
  basename,
  bash: nestedShell,
  busybox,
  cat,
  chgrp: chown,
  chmod,
  chown,
  cksum,
  cmp,
  comm,
  cp,
  curl,
  cut,
  date,
  dd,
  df,
  diff,
  dirname,
  du,
  echo,
  egrep: grep,
  env,
  envsubst,
  expand,
  expr,
  false: () => 1,
  fgrep: grep,
  find,
  fold,
  getent,
  grep,
  groups,
  hd: hexdump,
  head,
  hexdump,
  hostname,
  id,
  inotifyd,
  jq,
  kill,
  link,
  ln,
  ls,
  md5sum: checksum,
  mkdir,
  mktemp,
  mount,
  mv,
  nc,
  netcat: nc,
  nl,
  nohup,
  nslookup,
  od,
  openssl,
  paste,
  printenv,
  printf,
  ps,
  pwd,
  readlink,
  realpath,
  rev,
  rm,
  rmdir,
  sed,
  seq,
  sh: nestedShell,
  sha1sum: checksum,
  sha224sum: checksum,
  sha256sum: checksum,
  sha384sum: checksum,
  sha512sum: checksum,
  shuf,
  sleep,
  split,
  sort,
  stat,
  sum,
  sync: () => 0,
  tac,
  tail,
  tar,
  tee,
  test,
  timeout,
  touch,
  tr,
  true: () => 0,
  truncate,
  tty,
  uname,
  unexpand,
  uniq,
  unlink,
  usleep,
  wc,
  wget,
  which,
  whoami,
  xargs,
  xxd,
  yes,
}

/** What busybox lacks. Source: busybox 1.31, list of applets. */
const onlyGnu = new Set(['bash', 'curl', 'envsubst', 'getent', 'jq', 'openssl', 'sha224sum', 'sha384sum'])
const onlyBusybox = new Set(['ash', 'busybox', 'hd', 'inotifyd', 'usleep'])

/** Programs that images or machines have and podsim does not: they refuse themselves by name. */
const refusedNames: ReadonlySet<string> = new Set(
  (
    'adduser ar arp arping bc bunzip2 bzcat bzip2 cal chroot chvt clear cpio crond crontab ' +
    'dc deluser dmesg docker dos2unix ed factor fallocate fdisk flock free fsync ftpget ftpput fuser ' +
    'gcc getopt git gunzip gzip halt helm hostid httpd ifconfig install ip ipcalc ipcs killall klogd less logger ' +
    'login logname lsof lsusb lzcat make mesg microcom mkfifo mknod more mountpoint nano netstat nice nmeter ' +
    'node npm nproc ntpd passwd patch perl pgrep pidof ping ping6 pip pkill pmap poweroff pstree python python3 ' +
    'reboot renice reset route scp sha3sum shred ssh ssh-keygen strings stty su sudo sysctl tar telnet tftp ' +
    'time top traceroute umount unix2dos unzip uptime uudecode uuencode vi vim watch who xz ' +
    'yq zcat'
  ).split(' '),
)

/** Whether a machine or image may have the program, and podsim only knows its name. */
export function isRefused(name: string): boolean {
  return refusedNames.has(name)
}

/** Of the programs that podsim only knows by name, those of a busybox. Source: busybox 1.31, list of applets. */
export function isRefusedApplet(name: string): boolean {
  return refusedNames.has(name) && !notInBusybox.has(name) && !networkTools.has(name)
}

const notInBusybox: ReadonlySet<string> = new Set(
  'docker gcc git helm make node npm perl pip python python3 scp ssh ssh-keygen sudo vim yq'.split(' '),
)

/** Tools that ask others over the network; they refuse themselves where there is none. */
const networkTools: ReadonlySet<string> = new Set(['curl', 'getent', 'nc', 'netcat', 'nslookup', 'wget'])

/** Whether a tool needs a network. */
export function isNetworkTool(name: string): boolean {
  return networkTools.has(name)
}

/** The tool of a name in this kind of shell; undefined: there is none, not even one that refuses itself. */
export function findTool(name: string, { dialect }: Pick<Shell, 'dialect'>): Tool | undefined {
  const missing = dialect.name === 'bash' ? onlyBusybox : onlyGnu
  const isThere = !missing.has(name) || dialect.extras?.has(name) === true
  if (Object.hasOwn(tools, name) && isThere) return tools[name]
  // What no busybox has is not there at all.
  const isElsewhere = dialect.name === 'ash' && notInBusybox.has(name) && dialect.extras === undefined
  return refusedNames.has(name) && !isElsewhere ? refused : undefined
}
