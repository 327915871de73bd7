import type { Tool, ToolContext, ToolRun } from '../tool.ts'
import { sha256sum } from './checksums.ts'
import {
  basenameTool,
  cat,
  chmod,
  chown,
  cp,
  dirnameTool,
  ln,
  mkdir,
  mv,
  readlink,
  realpath,
  rm,
  rmdir,
  tee,
  touch,
} from './file-tools.ts'
import { find } from './find.ts'
import { ls } from './ls.ts'
import { grep, sed } from './pattern-tools.ts'
import { stat } from './stat.ts'
import {
  date,
  df,
  echo,
  env,
  hostname,
  id,
  kill,
  mount,
  printenv,
  printf,
  ps,
  pwd,
  sleep,
  test,
  uname,
  whoami,
  xargs,
} from './system-tools.ts'
import { base64Tool, cut, head, seq, sort, tail, tr, uniq, wc } from './text-tools.ts'

const tools: Readonly<Record<string, Tool>> = {
  '[': test,
  base64: base64Tool,
  basename: basenameTool,
  cat,
  chmod,
  chown,
  cp,
  cut,
  date,
  df,
  dirname: dirnameTool,
  echo,
  egrep: grep,
  env,
  false: () => 1,
  find,
  grep,
  head,
  hostname,
  id,
  kill,
  ln,
  ls,
  mkdir,
  mount,
  mv,
  printenv,
  printf,
  ps,
  pwd,
  readlink,
  realpath,
  rm,
  rmdir,
  sed,
  seq,
  sha256sum,
  sleep,
  sort,
  stat,
  sync: () => 0,
  tail,
  tee,
  test,
  touch,
  tr,
  true: () => 0,
  uname,
  uniq,
  wc,
  whoami,
  xargs,
}

/** Programs that images have and podsim does not: they refuse themselves by name. Source: busybox 1.31, list of applets. */
export const refusedApplets: ReadonlySet<string> = new Set(
  (
    'adduser ar arp arping ash awk bc bunzip2 bzcat bzip2 cal chgrp chroot chvt cksum clear cmp comm cpio crond crontab ' +
    'dc dd diff dmesg dos2unix du ed expand expr factor fallocate fdisk fgrep flock fold free fsync ftpget ftpput fuser ' +
    'getopt gunzip gzip halt hd hexdump hostid httpd ifconfig inotifyd install ip ipcalc ipcs killall klogd less link ' +
    'logger login logname lsof lsusb lzcat md5sum mesg microcom mkfifo mknod mktemp more mountpoint nc netcat netstat nice ' +
    'nl nmeter nohup nproc nslookup ntpd od passwd paste patch pgrep pidof ping ping6 pkill pmap poweroff pstree ' +
    'reboot renice reset rev route sha1sum sha3sum sha512sum shuf split strings stty su sysctl tac tar telnet tftp ' +
    'time timeout top traceroute tty umount unexpand unix2dos unlink unzip uptime usleep uudecode uuencode vi watch wget ' +
    'which who xxd xz yes zcat curl openssl jq'
  ).split(' '),
)

/** Whether podsim has a tool of this name. */
export function isSimulatedTool(name: string): boolean {
  return Object.hasOwn(tools, name)
}

/** Runs a tool that there is. */
export function appletTool(name: string, context: ToolContext): ToolRun {
  const tool = isSimulatedTool(name) ? tools[name] : undefined
  return tool === undefined ? 127 : tool(context)
}
