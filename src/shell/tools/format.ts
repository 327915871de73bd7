import type { FileStat } from '../../fs/node-fs.ts'
import { civilTime, padNumber } from '../../kernel/calendar.ts'

/** `-rw-r--r--`, `drwxrwxrwt`, `lrwxrwxrwx`. Source: busybox libbb/mode_string.c. */
export function modeString({ type, mode }: Pick<FileStat, 'type' | 'mode'>): string {
  const kind = type === 'directory' ? 'd' : type === 'symlink' ? 'l' : '-'
  const bits = (shift: number, special: number, letter: string): string => {
    const execute = (mode & (1 << shift)) !== 0
    const last = (mode & special) !== 0 ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-'
    return `${(mode & (4 << shift)) !== 0 ? 'r' : '-'}${(mode & (2 << shift)) !== 0 ? 'w' : '-'}${last}`
  }
  return kind + bits(6, 0o4000, 's') + bits(3, 0o2000, 's') + bits(0, 0o1000, 't')
}

import { offsetText, utc, type ZoneTime } from './posix-zone.ts'

const users: Readonly<Record<number, string>> = {
  0: 'root',
  1: 'daemon',
  2: 'bin',
  8: 'mail',
  33: 'www-data',
  65534: 'nobody',
}
const groups: Readonly<Record<number, string>> = { ...users, 10: 'wheel', 65534: 'nobody' }

/** Name of a user in the image's /etc/passwd, or the number. */
export function userName(uid: number): string {
  return Object.hasOwn(users, uid) ? (users[uid] ?? String(uid)) : String(uid)
}

export function groupName(gid: number): string {
  return Object.hasOwn(groups, gid) ? (groups[gid] ?? String(gid)) : String(gid)
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const dayMs = 86_400_000
const halfYearMs = (dayMs * 365) / 2

/** `May  1 12:34`, or `May  1  2019` when it is half a year away. Source: busybox coreutils/ls.c. */
export function listDate(at: number, now: number): string {
  const { year, month, day, hour, minute } = civilTime(at)
  const date = `${months[month - 1]} ${String(day).padStart(2)}`
  const age = now - at
  return age < halfYearMs && age > -15 * 60_000
    ? `${date} ${padNumber(hour, 2)}:${padNumber(minute, 2)}`
    : `${date}  ${year}`
}

/** `2020-05-01 12:34:56.000000000 +0000`. */
export function statDate(at: number): string {
  const { year, month, day, hour, minute, second, millisecond } = civilTime(at)
  const date = [padNumber(year, 4), padNumber(month, 2), padNumber(day, 2)].join('-')
  const time = [hour, minute, second].map((part) => padNumber(part, 2)).join(':')
  return `${date} ${time}.${padNumber(millisecond, 3)}000000 +0000`
}

/**
 * What `date +FORMAT` writes of an instant, in UTC unless a zone is given; flags say how numbers are padded, and `^` that letters are large. `isGnu`: what only
 * GNU's knows, `%N`, `%:z`, `%q`. Source: strftime(3); gnulib lib/nstrftime.c.
 */
export function strftime(format: string, instant: number, isGnu = true, zone: ZoneTime = utc): string {
  const at = instant + zone.offsetMs
  return format.replace(/%([-_0^]?)(:?[a-zA-Z%])/g, (whole, flag: string, letter: string) => {
    if (!isGnu && /^(?:N|q|:.)$/.test(letter)) return whole
    const field =
      zoneField(letter, instant, zone) ?? timeField(letter, at) ?? dateField(letter, at) ?? weekField(letter, at)
    return field === undefined ? whole : padded(field, flag)
  })
}

function padded(field: string, flag: string): string {
  switch (flag) {
    case '-':
      return field.replace(/^[ 0]+(?=\d)/, '')
    case '_':
      return field.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length))
    case '0':
      return field.replace(/^ +(?=\d)/, (blanks) => '0'.repeat(blanks.length))
    case '^':
      return field.toUpperCase()
    default:
      return field
  }
}

/** 0 is Sunday, before 1970, too. */
function weekdayOf(at: number): number {
  return (((Math.floor(at / dayMs) + 4) % 7) + 7) % 7
}

/** Weeks: from Sundays, from Mondays, and as ISO 8601 counts them. */
function weekField(letter: string, at: number): string | undefined {
  const { year, month, day } = civilTime(at)
  const dayOfYear = dayOfYearOf(month, day, year) - 1
  const weekday = weekdayOf(at)
  switch (letter) {
    case 'U':
      return padNumber(Math.floor((dayOfYear + 7 - weekday) / 7), 2)
    case 'W':
      return padNumber(Math.floor((dayOfYear + 7 - ((weekday + 6) % 7)) / 7), 2)
    case 'V':
    case 'G':
    case 'g': {
      // The week belongs to the year in which its Thursday lies.
      const thursday = at + (4 - (weekday === 0 ? 7 : weekday)) * dayMs
      const own = civilTime(thursday)
      if (letter === 'V') return padNumber(Math.floor((dayOfYearOf(own.month, own.day, own.year) - 1) / 7) + 1, 2)
      return letter === 'G' ? padNumber(own.year, 4) : padNumber(own.year % 100, 2)
    }
    default:
      return undefined
  }
}

function zoneField(letter: string, instant: number, zone: ZoneTime): string | undefined {
  switch (letter) {
    case 's':
      return String(Math.floor(instant / 1000))
    case 'z':
      return offsetText(zone, '')
    case ':z':
      return offsetText(zone, ':')
    case 'Z':
      return zone.name
    default:
      return undefined
  }
}

function timeField(letter: string, at: number): string | undefined {
  const { hour, minute, second, millisecond } = civilTime(at)
  const two = (n: number) => padNumber(n, 2)
  switch (letter) {
    case 'H':
      return two(hour)
    case 'I':
      return two(hour % 12 === 0 ? 12 : hour % 12)
    case 'M':
      return two(minute)
    case 'S':
      return two(second)
    case 'N':
      return `${padNumber(millisecond, 3)}000000`
    case 'k':
      return String(hour).padStart(2)
    case 'l':
      return String(hour % 12 === 0 ? 12 : hour % 12).padStart(2)
    case 'p':
      return hour < 12 ? 'AM' : 'PM'
    case 'P':
      return hour < 12 ? 'am' : 'pm'
    case 'r':
      return strftime('%I:%M:%S %p', at)
    case 'X':
      return strftime('%H:%M:%S', at)
    case 'T':
      return strftime('%H:%M:%S', at)
    case 'R':
      return strftime('%H:%M', at)
    case 'n':
      return '\n'
    case 't':
      return '\t'
    case '%':
      return '%'
    default:
      return undefined
  }
}

function dateField(letter: string, at: number): string | undefined {
  const { year, month, day } = civilTime(at)
  const weekday = weekdayOf(at)
  switch (letter) {
    case 'Y':
      return padNumber(year, 4)
    case 'C':
      return padNumber(Math.floor(year / 100), 2)
    case 'y':
      return padNumber(year % 100, 2)
    case 'q':
      return String(Math.ceil(month / 3))
    case 'm':
      return padNumber(month, 2)
    case 'd':
      return padNumber(day, 2)
    case 'e':
      return String(day).padStart(2)
    case 'a':
      return days[weekday]?.slice(0, 3)
    case 'A':
      return days[weekday]
    case 'b':
    case 'h':
      return months[month - 1]
    case 'B':
      return monthNames[month - 1]
    case 'j':
      return padNumber(dayOfYearOf(month, day, year), 3)
    case 'u':
      return String(weekday === 0 ? 7 : weekday)
    case 'w':
      return String(weekday)
    case 'F':
      return strftime('%Y-%m-%d', at)
    case 'D':
    case 'x':
      return strftime('%m/%d/%y', at)
    case 'c':
      return strftime('%a %b %e %H:%M:%S %Y', at)
    default:
      return undefined
  }
}

function dayOfYearOf(month: number, day: number, year: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return (
    [0, 31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30].slice(0, month).reduce((sum, each) => sum + each, 0) +
    day
  )
}

/** Blocks of 512 bytes that a file takes: whole pages. Directories and links on tmpfs take none. */
export function blocksOf({ type, size }: FileStat, isOnTmpfs: boolean): number {
  if (type === 'file') return Math.ceil(size / 4096) * 8
  return type === 'directory' && !isOnTmpfs ? 8 : 0
}

/** `1.0K`, `12.3M`. Source: busybox libbb/human_readable.c. */
export function humanSize(bytes: number): string {
  const units = ['', 'K', 'M', 'G', 'T']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return unit === 0 ? String(value) : `${value.toFixed(1)}${units[unit]}`
}
