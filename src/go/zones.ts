import { civilTime, type EpochMs, parseRfc3339 } from '../kernel/calendar.ts'

/** When clocks are put forward and back by an hour. */
type SummerTime = 'Europe' | 'North America' | 'Australia' | 'New Zealand'

interface Zone {
  /** Without summer time, in minutes east of Greenwich. */
  readonly minutes: number
  readonly summer: SummerTime | undefined
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/**
 * Zones that people name, with the rules of the years 2008 to 2026; not those whose rules changed within them. Source: the IANA time zone
 * database, its files europe, northamerica, southamerica, asia, africa, australasia, backward.
 */
const rows: readonly (readonly [offset: string, names: string, summer?: SummerTime])[] = [
  ['+00:00', 'UTC Etc/UTC Etc/UCT UCT Universal Etc/Universal Zulu Etc/Zulu GMT Etc/GMT Greenwich Etc/Greenwich'],
  ['+00:00', 'Africa/Abidjan Africa/Accra Africa/Dakar Atlantic/Reykjavik Iceland'],
  ['+00:00', 'Europe/London Europe/Dublin Europe/Lisbon Europe/Belfast GB WET Portugal', 'Europe'],
  ['+01:00', 'Africa/Lagos Africa/Algiers Africa/Tunis Africa/Kinshasa Africa/Luanda'],
  ['+01:00', 'Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Amsterdam Europe/Brussels', 'Europe'],
  ['+01:00', 'Europe/Vienna Europe/Zurich Europe/Copenhagen Europe/Stockholm Europe/Oslo Europe/Prague', 'Europe'],
  ['+01:00', 'Europe/Warsaw Europe/Budapest Europe/Belgrade Europe/Zagreb Europe/Ljubljana', 'Europe'],
  ['+01:00', 'Europe/Bratislava Europe/Luxembourg Europe/Monaco Europe/Malta Europe/Sarajevo', 'Europe'],
  ['+01:00', 'Europe/Skopje Europe/Tirane Europe/Andorra Europe/Vaduz Arctic/Longyearbyen CET MET Poland', 'Europe'],
  ['+02:00', 'Africa/Johannesburg Africa/Harare Africa/Maputo Africa/Lusaka Africa/Kigali Europe/Kaliningrad'],
  ['+02:00', 'Europe/Athens Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Bucharest Europe/Sofia', 'Europe'],
  ['+02:00', 'Europe/Riga Europe/Tallinn Europe/Vilnius Europe/Mariehamn Asia/Nicosia EET', 'Europe'],
  ['+03:00', 'Africa/Nairobi Africa/Kampala Africa/Addis_Ababa Asia/Riyadh Asia/Qatar Asia/Kuwait Asia/Baghdad'],
  ['+04:00', 'Asia/Dubai Asia/Muscat Asia/Tbilisi Asia/Yerevan'],
  ['+05:00', 'Asia/Karachi Asia/Tashkent'],
  ['+05:30', 'Asia/Kolkata Asia/Calcutta Asia/Colombo'],
  ['+05:45', 'Asia/Kathmandu Asia/Katmandu'],
  ['+06:00', 'Asia/Dhaka Asia/Thimphu'],
  ['+06:30', 'Asia/Yangon Asia/Rangoon'],
  ['+07:00', 'Asia/Bangkok Asia/Ho_Chi_Minh Asia/Saigon Asia/Jakarta Asia/Phnom_Penh Asia/Vientiane'],
  ['+08:00', 'Asia/Shanghai PRC Asia/Chongqing Asia/Hong_Kong Hongkong Asia/Singapore Singapore Asia/Taipei ROC'],
  ['+08:00', 'Asia/Manila Asia/Kuala_Lumpur Asia/Macau Asia/Makassar Australia/Perth'],
  ['+09:00', 'Asia/Tokyo Japan Asia/Seoul ROK Asia/Jayapura'],
  ['+09:30', 'Australia/Darwin'],
  ['+09:30', 'Australia/Adelaide', 'Australia'],
  ['+10:00', 'Australia/Brisbane Pacific/Guam Pacific/Port_Moresby'],
  ['+10:00', 'Australia/Sydney Australia/Melbourne Australia/Hobart Australia/Canberra', 'Australia'],
  ['+12:00', 'Pacific/Auckland NZ', 'New Zealand'],
  ['-03:00', 'America/Argentina/Buenos_Aires America/Buenos_Aires America/Montevideo'],
  ['-03:30', 'America/St_Johns', 'North America'],
  ['-04:00', 'America/Puerto_Rico America/Santo_Domingo America/La_Paz'],
  ['-04:00', 'America/Halifax Atlantic/Bermuda', 'North America'],
  ['-05:00', 'America/Bogota America/Lima America/Panama America/Jamaica America/Guayaquil EST'],
  ['-05:00', 'America/New_York America/Toronto America/Detroit America/Montreal US/Eastern EST5EDT', 'North America'],
  ['-05:00', 'America/Indiana/Indianapolis America/Indianapolis America/Kentucky/Louisville', 'North America'],
  ['-06:00', 'America/Costa_Rica America/Guatemala America/El_Salvador America/Managua America/Regina'],
  ['-06:00', 'America/Chicago America/Winnipeg US/Central CST6CDT', 'North America'],
  ['-07:00', 'America/Phoenix US/Arizona MST'],
  ['-07:00', 'America/Denver America/Edmonton America/Boise US/Mountain MST7MDT', 'North America'],
  ['-08:00', 'America/Los_Angeles US/Pacific PST8PDT', 'North America'],
  ['-09:00', 'America/Anchorage America/Juneau US/Alaska', 'North America'],
  ['-10:00', 'Pacific/Honolulu US/Hawaii HST'],
  ['-11:00', 'Pacific/Pago_Pago'],
]

let known: Map<string, Zone> | undefined

function zoneOf(name: string): Zone | undefined {
  known ??= new Map(
    rows.flatMap(([offset, names, summer]) =>
      names.split(' ').map((each) => [each, { minutes: minutesOf(offset), summer }]),
    ),
  )
  return known.get(name) ?? etcZone(name)
}

/** `Etc/GMT+5` is five hours west, as POSIX counts. */
function etcZone(name: string): Zone | undefined {
  const [, sign = '', hours = ''] = /^Etc\/GMT([+-])(\d|1[0-4])$/.exec(name) ?? []
  if (hours === '' || (sign === '+' && Number(hours) > 12)) return undefined
  return { minutes: Number(hours) * (sign === '+' ? -60 : 60), summer: undefined }
}

function minutesOf(offset: string): number {
  const [hours = '', minutes = ''] = offset.slice(1).split(':')
  return (offset.startsWith('-') ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

/** Why Go cannot load a location, or undefined. Source: src/time/zoneinfo.go, LoadLocation. */
export function zoneProblem(name: string): string | undefined {
  return zoneOf(name) === undefined ? `unknown time zone ${name}` : undefined
}

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
export function offsetAt(name: string, at: EpochMs): number {
  const zone = zoneOf(name)
  if (zone === undefined) return 0
  const standard = zone.minutes * minute
  return isSummer(zone.summer, at, standard) ? standard + hour : standard
}

/** Source: the rules EU, US, AN and NZ of the database. */
function isSummer(rule: SummerTime | undefined, at: EpochMs, standard: number): boolean {
  const { year } = civilTime(at)
  switch (rule) {
    case 'Europe':
      return at >= lastSunday(year, 3, 31) + hour && at < lastSunday(year, 10, 31) + hour
    case 'North America':
      return at >= sundayFrom(year, 3, 8) + 2 * hour - standard && at < sundayFrom(year, 11, 1) + hour - standard
    case 'Australia':
      return at < sundayFrom(year, 4, 1) + 2 * hour - standard || at >= sundayFrom(year, 10, 1) + 2 * hour - standard
    case 'New Zealand':
      return at < sundayFrom(year, 4, 1) + 2 * hour - standard || at >= lastSunday(year, 9, 30) + 2 * hour - standard
    default:
      return false
  }
}

function lastSunday(year: number, month: number, lastDay: number): EpochMs {
  return sundayFrom(year, month, lastDay - 6)
}

/** The first Sunday from a day on. */
function sundayFrom(year: number, month: number, dayOfMonth: number): EpochMs {
  const two = (part: number) => String(part).padStart(2, '0')
  const from = parseRfc3339(`${year}-${two(month)}-${two(dayOfMonth)}T00:00:00Z`) ?? 0
  // 1970-01-04 was a Sunday.
  const weekday = (((from / day + 4) % 7) + 7) % 7
  return from + ((7 - weekday) % 7) * day
}
